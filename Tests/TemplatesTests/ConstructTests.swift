import Tensors
import TestSupport
import Testing

@testable import Templates

/// Templates of ours, each with a construct that those of models use, against transformers.
@Suite struct ConstructTests {
    @Test func constructsMeanWhatTheyMeanToTransformers() throws {
        let goldens = try TemplateGoldens.document("constructs.json")
        let variables = try TemplateGoldens.variables(goldens["variables"])
        let constructs = goldens["constructs"]?.array ?? []
        #expect(constructs.count > 250)
        for construct in constructs {
            let source = try #require(construct["template"]?.string)
            guard let wanted = construct["text"]?.string else {
                #expect(throws: TemplateError.self, "\(source)") {
                    try TemplateGoldens.render(source, variables)
                }
                continue
            }
            do {
                let text = try TemplateGoldens.render(source, variables)
                #expect(text.utf8.elementsEqual(wanted.utf8), "\(source): \(text) for \(wanted)")
            } catch {
                Issue.record("\(source): \(error)")
            }
        }
    }

    @Test func errorsNameLineAndConstruct() {
        let cases: [(source: String, line: Int, construct: String, code: TemplateError.Code)] = [
            ("a\n{{ 'x' | nosuch }}", 2, "filter 'nosuch'", .unsupported),
            ("{% if true %}\n\n{{ 1 is nosuch }}{% endif %}", 3, "test 'nosuch'", .unsupported),
            ("{{ 'a' + 1 }}", 1, "+", .runtime),
            ("{# x #}\n{{ nothing() }}", 2, "nothing()", .runtime),
            ("{{ 'a'.encode() }}", 1, ".encode()", .unsupported),
            ("\n{% for x in 5 %}{% endfor %}", 2, "for", .runtime),
            ("\n\n{% foo %}", 3, "foo", .syntax),
            ("{% extends 'x' %}", 1, "extends", .unsupported),
            ("\n{{ raise_exception('no') }}", 2, "raise_exception()", .raised),
            ("{{ 'a\n\n", 1, "string", .syntax),
            ("{% macro m() %}\n{{ 1 / 0 }}{% endmacro %}\n{{ m() }}", 2, "/", .runtime),
        ]
        for entry in cases {
            let error = #expect(throws: TemplateError.self) {
                try TemplateGoldens.render(entry.source)
            }
            #expect(error?.line == entry.line, "\(entry.source): \(error as Any)")
            #expect(error?.construct == entry.construct, "\(entry.source): \(error as Any)")
            #expect(error?.code == entry.code, "\(entry.source): \(error as Any)")
        }
    }

    @Test func timeIsTheCallers() throws {
        let template = try Template(
            "{{ strftime_now('%a %e %b %Y %j %y-%m-%d %I:%M %p %u%w %Q %') }}")
        let leap = CivilTime(year: 2024, month: 12, day: 31, hour: 0, minute: 7)
        #expect(
            try template.render([], time: leap).first?.text
                == "Tue 31 Dec 2024 366 24-12-31 12:07 AM 22 %Q %")
        let sunday = CivilTime(year: 2000, month: 1, day: 2, hour: 13)
        #expect(
            try template.render([], time: sunday).first?.text
                == "Sun  2 Jan 2000 002 00-01-02 01:00 PM 70 %Q %")
    }

    /// What `Tests/Goldens/make_times.py` recorded.
    @Test func timesAreFormattedAsInPython() throws {
        let path = GoldenFolder.path("times/formats.json")
        let golden = try JSONValue(parsing: FileBytes.array(path: path, limit: 1 << 20))
        let formats = (golden["formats"]?.array ?? []).compactMap(\.string)
        let cases = golden["cases"]?.array ?? []
        #expect(formats.count > 140 && cases.count > 10)
        for entry in cases {
            let parts = (entry.array?.first?.array ?? []).compactMap(\.int)
            try #require(parts.count == 7)
            let time = CivilTime(
                year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4],
                second: parts[5], microsecond: parts[6])
            let texts = (entry.array?.last?.array ?? []).compactMap(\.string)
            try #require(texts.count == formats.count)
            for (format, text) in zip(formats, texts) {
                #expect(time.formatted(format) == text, "\(format) of \(parts)")
            }
        }
    }

    @Test func aFormatThatGrowsBeyondTheLimitIsRefused() throws {
        let template = try Template("{{ strftime_now('%c' * 2000000) }}")
        #expect(throws: TemplateError.self) { try template.render([], time: TemplateGoldens.time) }
    }
}
