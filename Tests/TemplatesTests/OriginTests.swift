import Testing

@testable import Templates

/// Who wrote what survives everything that a template does to a text.
@Suite struct OriginTests {
    /// The rendered text, what a message wrote between « and ».
    private func marked(_ source: String, _ text: String = "user's") throws -> String {
        let people: [TemplateValue] = [
            try .mapping([("name", .text("Ann", .message))], keys: .template),
            try .mapping([("name", .text("Bo", .message))], keys: .template),
        ]
        let runs = try Template(source).render(
            [
                ("x", .text(text, .message)), ("people", .list(people)),
                ("bos", .text("<s>", .template)),
            ],
            time: TemplateGoldens.time)
        return runs.map { $0.origin == .message ? "«\($0.text)»" : $0.text }.joined()
    }

    @Test func operationsKeepOrigins() throws {
        let cases: [(source: String, wanted: String)] = [
            ("{{ bos }}<{{ x }}>", "<s><«user's»>"),
            ("{{ '<' + x + '>' ~ x }}", "<«user's»>«user's»"),
            ("{{ ('<' + x + '>')[1:4] }}", "«use»"),
            ("{{ ('<' + x + '>')[::-1] }}", ">«s'resu»<"),
            ("{{ ('  ' + x + ' ') | trim | upper }}", "«USER'S»"),
            ("{{ x.replace('s', '|') }}", "«u»|«er'»|"),
            ("{{ 'a-b' | replace('-', x) }}", "a«user's»b"),
            ("{{ people | map(attribute='name') | join(', ') }}", "«Ann», «Bo»"),
            ("{{ (x + '|' + x).split('|') | join('+') }}", "«user's»+«user's»"),
            ("{{ x | tojson }}{{ [x] }}", "\"«user's»\"[\"«user's»\"]"),
            ("{{ {'k': x} | tojson(indent=1) }}", "{\n \"k\": \"«user's»\"\n}"),
            ("{% set y %}[{{ x }}]{% endset %}{{ y * 2 }}", "[«user's»][«user's»]"),
            ("{% macro m(a) %}({{ a }}){% endmacro %}{{ m(x) }}", "(«user's»)"),
            ("{% filter upper %}a{{ x }}{% endfilter %}", "A«USER'S»"),
            ("{% for c in x[:2] %}{{ c }},{% endfor %}", "«u»,«s»,"),
            ("{{ '%s|%r' % (x, x) }}{{ '{}!'.format(x) }}", "«user's»|\"«user's»\"«user's»!"),
            ("{{ x | indent(2, true) }}{{ x.center(10, '*') }}", "  «user's»**«user's»**"),
            ("{{ ('<i>' | safe) + x }}", "<i>«user&#39;s»"),
            ("{{ x | length }}{{ x == 'user\\'s' }}", "6True"),
            ("{{ x.partition('e') | join('/') }}", "«us»/«e»/«r's»"),
            ("{% for k, v in {x: x} | dictsort %}{{ k }}={{ v }}{% endfor %}", "«user's»=«user's»"),
            ("{{ strftime_now(x) }}", "«user's»"),
            ("{{ x | first }}{{ x | last }}{{ x | reverse }}", "«uss'resu»"),
            ("{{ [x, '<s>'] | sort | join }}", "<s>«user's»"),
            ("{{ 'a\\tb'.expandtabs(4) + x | capitalize }}", "a   b«User's»"),
        ]
        for entry in cases {
            #expect(try marked(entry.source) == entry.wanted, "\(entry.source)")
        }
    }

    /// A character of several bytes, and marks around it, keep their own origins.
    @Test func originsLieBetweenCharacters() throws {
        #expect(try marked("{{ ('é' + x + 'é') | upper }}", "ñß") == "É«ÑSS»É")
        #expect(
            try marked("{% for c in 'e' ~ x %}{{ c }}.{% endfor %}", "\u{301}e")
                == "e.«\u{301}».«e».")
    }
}
