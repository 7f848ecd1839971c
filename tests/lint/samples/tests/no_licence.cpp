// expect: style
int answer();
