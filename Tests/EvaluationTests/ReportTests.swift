import Foundation
import Tensors
import TestSupport
import Testing

@testable import Evaluation

@Suite struct ReportTests {
    private let files: SuiteFolder
    /// Text that would break out of a page, a table or a line.
    private static let hostile = "</title><script>x</script> | *b* \u{1B}[31m \"q\" 'a'\n# h"

    init() throws {
        files = try SuiteFolder()
    }

    private func result(_ title: String = "S") throws -> EvaluationResult {
        let text = JSONValue.string(title).text
        try files.folder.write(
            "{\"prompt\":\(text),\"answer\":\(text),\"adapters\":[\"a\"]}\n" + SuiteFolder.rows,
            to: "rows.jsonl")
        let task =
            "{\"name\":\(text),\"data\":\"rows.jsonl\",\"metrics\":[{\"kind\":\"exact_match\",\"name\":\(text)},\"answer_perplexity\"],\"max_tokens\":2}"
        _ = try files.write(
            configurations:
                "[{\"use\":\"base\"},{\"use\":\"each\"},{\"name\":\(text),\"use\":\"oracle\"},{\"name\":\"less\",\"use\":{\"a\":0.5,\"b\":0.5},\"tasks\":[\"u\"]}]",
            tasks:
                "[\(task),{\"name\":\"u\",\"data\":\"rows.jsonl\",\"metrics\":[\"rouge_l\"],\"max_tokens\":1}]",
            more: ",\"about\":\(text)")
        return try files.run(FakeEngine())
    }

    @Test func thePageHoldsNothingOfTheUsersAsMarkup() throws {
        let page = try result(Self.hostile).html
        #expect(!page.contains("<script") && !page.contains("\u{1B}"))
        // Nothing is asked of elsewhere.
        #expect(!page.contains("http:") && !page.contains("https:") && !page.contains("url("))
        #expect(!page.contains("src=") && !page.contains("href="))
        #expect(page.contains("prefers-color-scheme:dark"))
        let parser = XMLishPage(page)
        #expect(parser.unbalanced == nil, "\(parser.unbalanced ?? "")")
        #expect(parser.count(of: "svg") == 3)
    }

    @Test func tablesOfMarkdownStayTables() throws {
        let lines = try result(Self.hostile).markdown.split(separator: "\n")
        let tables = lines.filter { $0.hasPrefix("|") }
        #expect(tables.count > 10)
        for line in tables {
            let cells = line.replacing("\\|", with: "").count { $0 == "|" }
            #expect([5, 6, 4].contains(cells), "\(line)")
        }
        #expect(!lines.contains { $0.contains("<script") && !$0.contains("\\<script") })
    }

    @Test func theDocumentHasAllFigures() throws {
        let json = try JSONValue(parsing: result().json.text)
        #expect(json["tasks"]?.array?.count == 2)
        let figures = json["tasks"]?.array?[0]["metrics"]?.array?[0]["figures"]
        #expect(figures?["a"]?["value"]?.double == 25)
        #expect(figures?["a"]?["interval"]?.array?.count == 2)
        #expect(figures?["less"] == nil)
        #expect(json["mean"]?["less"] == nil && json["mean"]?["a"] != nil)
        #expect(json["findings"]?.array?.isEmpty == false)
    }

    @Test func findingsSayWhereMixingHelpsAndLoses() throws {
        // Forty rows that both adapters get wrong alone, forty that `a` alone gets right.
        let both = (0..<40).map { #"{"prompt":"p\#($0)","answer":"abp\#($0)"}"# }
        let alone = (0..<40).map { #"{"prompt":"p\#($0)","answer":"ap\#($0)"}"# }
        try files.folder.write(both.joined(separator: "\n"), to: "both.jsonl")
        try files.folder.write(alone.joined(separator: "\n"), to: "alone.jsonl")
        _ = try files.write(
            configurations: #"[{"use":"base"},{"use":"each"},{"name":"sum","use":{"a":1,"b":1}}]"#,
            tasks:
                #"[{"name":"B","data":"both.jsonl","metrics":["exact_match"]},{"name":"A","data":"alone.jsonl","metrics":["exact_match"]}]"#
        )
        let texts = try files.run(FakeEngine()).findings.map(\.text)
        #expect(
            texts.contains(
                "B: mixing as “sum” beats the better of its adapters alone, “b”, by 100.0 points (+100.0 to +100.0)."
            )
                || texts.contains(
                    "B: mixing as “sum” beats the better of its adapters alone, “a”, by 100.0 points (+100.0 to +100.0)."
                ), "\(texts)")
        #expect(
            texts.contains(
                "A: mixing as “sum” loses to the better of its adapters alone, “a”, by 100.0 points (−100.0 to −100.0)."
            ), "\(texts)")
    }

    /// Where few configurations were measured on all tasks, each task has its own advice, and what is set against others is
    /// compared where all were measured.
    @Test func tasksHaveAdviceOfTheirOwn() throws {
        _ = try files.write(
            configurations:
                #"[{"use":"base"},{"name":"1st","use":"oracle","only":1},{"name":"both","use":"oracle","only":[1,2],"tasks":["t"],"against":["a","1st"]},{"use":{"a":1},"name":"a","tasks":["t"]},{"name":"mean","use":"oracle","weighting":"mean","tasks":["u"]}]"#,
            tasks:
                #"[{"name":"t","data":"rows.jsonl","metrics":["exact_match"]},{"name":"u","data":"rows.jsonl","metrics":["rouge_l"]}]"#
        )
        let result = try files.run(FakeEngine())
        #expect(result.mean?.figures.map { $0 != nil } == [true, true, false, false, false])
        #expect(result.tasks[0].primary.row.figures[2]?.value == 100)
        let texts = result.findings.map(\.text)
        #expect(
            texts.count { $0.contains(" on t (") } == 1
                && texts.count { $0.contains(" on u (") } == 1, "\(texts)")
        #expect(
            texts.contains { $0.hasPrefix("t: “both” and the best of 2, “1st”, are level") },
            "\(texts)")
        #expect(
            texts.contains { $0.hasPrefix("t: mixing as “both” and “1st” alone are level") },
            "\(texts)")
    }

    @Test(arguments: [
        (0.04, "0.0", "0.0"), (-0.04, "0.0", "0.0"), (3.14, "3.1", "+3.1"),
        (-12.06, "−12.1", "−12.1"),
        (100, "100.0", "+100.0"),
    ])
    func numbersHaveOneDigit(value: Double, plain: String, signed: String) {
        #expect(Number.plain(value) == plain)
        #expect(Number.signed(value) == signed)
    }
}

/// The elements of a page, as far as one has to see whether they are closed.
private struct XMLishPage {
    private(set) var unbalanced: String?
    private var counts: [String: Int] = [:]

    init(_ page: String) {
        let void: Set<String> = ["meta", "br", "rect", "line", "circle", "!doctype"]
        var open: [String] = []
        for tag in page.matches(of: /<(\/?)([!a-zA-Z0-9]+)[^<>]*>/) {
            let name = String(tag.2)
            if void.contains(name) { continue }
            counts[name, default: 0] += tag.1.isEmpty ? 1 : 0
            if tag.1.isEmpty {
                open.append(name)
            } else if open.popLast() != name {
                unbalanced = unbalanced ?? String(tag.0)
            }
        }
        unbalanced = unbalanced ?? open.last
    }

    func count(of name: String) -> Int { counts[name] ?? 0 }
}
