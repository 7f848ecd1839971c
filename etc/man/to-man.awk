# SPDX-License-Identifier: Apache-2.0
# Markdown to a man page, for the part of Markdown that the pages beside this use: headings, paragraphs,
# definitions (a term, then `:   ` and lines indented by four, in which there may be definitions
# again), blocks of code, **bold**, *italic*, `code`.

# Fonts, and the characters that roff would take for its own.
function inline(text,    out, at, c, two, bold, italic, code) {
    for (at = 1; at <= length(text); at++) {
        c = substr(text, at, 1)
        two = substr(text, at, 2)
        if (c == "\\" && !code && two ~ /[-*`_\\|\[\]<>#.]$/ && length(two) == 2) {
            at++
            c = substr(text, at, 1)
            out = out (c == "-" ? "\\-" : c == "\\" ? "\\e" : c)
        } else if (two == "**" && !code) {
            bold = !bold
            at++
            out = out (bold ? "\\fB" : "\\fR")
        } else if (c == "*" && !code) {
            italic = !italic
            out = out (italic ? "\\fI" : "\\fR")
        } else if (c == "`") {
            code = !code
            out = out (code ? "\\fB" : bold ? "\\fB" : "\\fR")
        } else if (c == "\\") {
            out = out "\\e"
        } else if (c == "-") {
            out = out "\\-"
        } else {
            out = out c
        }
    }
    # A line that begins like a request is none.
    gsub(/\n\./, "\n\\\\\\&.", out)
    gsub(/\n'/, "\n\\\\\\&'", out)
    if (out ~ /^[.']/) out = "\\&" out
    return out
}

function literal(line) {
    gsub(/\\/, "\\\\e", line)
    gsub(/-/, "\\\\-", line)
    return line ~ /^[.']/ ? "\\&" line : line
}

function end_code() {
    if (in_code) print ".fi\n.RE"
    in_code = 0
    blanks = ""
}

# The paragraph that was collected, after its macro.
function flush() {
    if (paragraph == "") return
    end_code()
    if (macro != "") print macro
    print inline(paragraph)
    paragraph = ""
}

function end_definition() {
    end_code()
    if (nested) print ".RE"
    nested = in_definition = 0
}

function heading(macro, text) {
    flush()
    end_definition()
    print macro " " inline(text)
}

function title(text,    head, words) {
    split(text, head, / \| /)
    split(head[1], words, /[() ]+/)
    printf ".TH \"%s\" \"%s\" \"\" \"%s\" \"%s\"\n.nh\n.ad l\n", words[1], words[2], words[3], head[2]
}

# A line of a block of code: indented by four more than its surroundings, after a blank line.
function is_code(line) {
    return (after_blank || in_code) && substr(line, 1, margin + 4) ~ /^ +$/ && length(line) > margin + 4
}

NR == 1 && /^% / { title(substr($0, 3)); next }
/^# / { heading(".SH", substr($0, 3)); next }
/^##+ / { sub(/^#+ /, ""); heading(".SS", $0); next }
/^$/ {
    flush()
    after_blank = 1
    if (in_code) blanks = blanks "\n"
    next
}
/^(    )?:   / {
    if (/^ / && !nested) {
        end_code()
        print ".RS"
        nested = 1
    }
    macro = ".TP"
    gsub(/\n/, " ", paragraph) # a term is one line
    flush()
    in_definition = 1
    macro = ""
    sub(/^ *:   /, "")
    paragraph = $0
    after_blank = 0
    next
}
{
    if (after_blank && !/^    /) end_definition()
    margin = nested ? 8 : in_definition ? 4 : 0
    if (is_code($0)) {
        if (!in_code) print ".RS 4\n.nf"
        in_code = 1
        printf "%s", blanks
        blanks = ""
        print literal(substr($0, margin + 5))
        next
    }
    if (paragraph == "") macro = in_definition ? ".IP" : ".PP"
    sub(/^ +/, "")
    paragraph = paragraph == "" ? $0 : paragraph "\n" $0
    after_blank = 0
}
END {
    flush()
    end_definition()
}
