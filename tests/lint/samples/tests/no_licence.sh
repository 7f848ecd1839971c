# expect: style (a script without an interpreter line has the licence there)
true
