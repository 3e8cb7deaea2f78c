import Tensors
import TestSupport
import Testing

@testable import Evaluation

/// Metrics against what sacrebleu, rouge-score and Python's `re` make of the same texts.
@Suite struct MetricTests {
    private static func golden(_ name: String) throws -> JSONValue {
        try JSONValue(
            parsing: FileBytes.array(
                path: GoldenFolder.path("metrics/\(name).json"), limit: 1 << 20))
    }

    private static func strings(_ json: JSONValue?) throws -> [String] {
        try #require(json?.array).map { try #require($0.string) }
    }

    @Test func wordsAreThoseOfThe13aTokenizer() throws {
        for pair in try #require(Self.golden("bleu")["tokens"]?.array) {
            let text = try #require(pair.array?.first?.string)
            #expect(try BLEUTokens.of(text) == Self.strings(pair.array?.last), "\(text)")
        }
    }

    @Test func bleuIsThatOfSacrebleu() throws {
        let cases = try #require(Self.golden("bleu")["cases"]?.array)
        #expect(cases.count == 24)
        for golden in cases {
            var sums = [Double](repeating: 0, count: BLEU.countOfSums)
            for pair in try #require(golden["pairs"]?.array) {
                let counts = BLEU.counts(
                    of: try #require(pair.array?.first?.string),
                    references: try Self.strings(pair.array?.last))
                for (place, count) in counts.enumerated() { sums[place] += count }
            }
            let wanted = try #require(golden["score"]?.double)
            #expect(abs(BLEU.score(of: sums) - wanted) < 1e-9, "\(golden.text)")
        }
    }

    @Test func rougeIsThatOfRougeScore() throws {
        for golden in try #require(Self.golden("rouge").array) {
            let reply = try #require(golden["reply"]?.string)
            let references = try Self.strings(golden["references"])
            let one = try #require(golden["rouge1"]?.double)
            let longest = try #require(golden["rougeL"]?.double)
            #expect(abs(ROUGE.one(reply, references: references) - one) < 1e-12)
            #expect(abs(ROUGE.longest(reply, references: references) - longest) < 1e-12)
        }
    }

    @Test func attributesAreThoseOfExpressions() throws {
        let golden = try Self.golden("lexicon")
        let lexicon = try Lexicon(try #require(golden["lexicon"]))
        for pair in try #require(golden["cases"]?.array) {
            let text = try #require(pair.array?.first?.string)
            for (attribute, value) in try #require(pair.array?.last?.object) {
                #expect(
                    lexicon.value(of: attribute, in: text) == value.string,
                    "\(attribute) of \(text)")
            }
        }
    }

    @Test(arguments: [
        "[]", "{}", #"{"a": ["x"]}"#, #"{"a": {"x": ["w"]}}"#, #"{"a": {"x": ["w"], "y": [1]}}"#,
        #"{"a": {"x": ["w"], "y": []}}"#, #"{"a": {"x": ["w"], "y": [""]}}"#,
        #"{"a": {"x": ["w"], "y": {"v": 0}}}"#, #"{"a": {"x": ["w"], "y": {"v": "2"}}}"#,
    ])
    func lexiconsThatJudgeNothingAreRefused(_ text: String) throws {
        #expect(throws: EvaluationError.self) { try Lexicon(try JSONValue(parsing: text)) }
    }

    private func row(_ text: String) throws -> EvaluationRow {
        try EvaluationRow(try JSONValue(parsing: text))
    }

    private func score(_ metric: String, reply: String, row text: String) throws -> Double? {
        let metric = try Metric(try JSONValue(parsing: metric), place: "a task", folder: "")
        let row = try row(text)
        #expect(metric.lack(of: row) == nil)
        return metric.numbers(of: Metric.Evidence(reply: reply), row: row).first
    }

    @Test(arguments: [
        (#""exact_match""#, " 42\n", #"{"prompt":"p","answer":"42"}"#, 1.0),
        (#""exact_match""#, "4 2", #"{"prompt":"p","answer":"42"}"#, 0),
        (#""exact_match""#, "Yes", #"{"prompt":"p","answers":["no","yes"]}"#, 0),
        (
            #"{"kind":"exact_match","ignore_case":true}"#, "Yes",
            #"{"prompt":"p","answers":["no","yes"]}"#, 1
        ),
        // Equal to Swift, not to whoever counts.
        (#""exact_match""#, "e\u{301}", "{\"prompt\":\"p\",\"answer\":\"\u{E9}\"}", 0),
        (#""contains""#, "Room 12 at Seven", #"{"prompt":"p","contains":["seven","room"]}"#, 1),
        (#""contains""#, "Room 12", #"{"prompt":"p","contains":["seven","room"]}"#, 0),
        (#""contains""#, "Room 12", #"{"prompt":"p","contains":[["seven","room"],"12"]}"#, 1),
        (
            #"{"kind":"all","of":["json",{"kind":"pattern","pattern":"1"}]}"#, "[1]",
            #"{"prompt":"p"}"#, 1
        ),
        (
            #"{"kind":"all","of":["json",{"kind":"pattern","pattern":"1"}]}"#, "[2]",
            #"{"prompt":"p"}"#, 0
        ),
        (#"{"kind":"pattern","pattern":"^\\d+ (mm|cm)$"}"#, "12 mm", #"{"prompt":"p"}"#, 1),
        (#"{"kind":"pattern","pattern":"\\d+ (mm|cm)$"}"#, "it is 12 mm", #"{"prompt":"p"}"#, 1),
        (#"{"kind":"pattern","pattern":"^\\d"}"#, "it is 12 mm", #"{"prompt":"p"}"#, 0),
        (#"{"kind":"pattern","pattern":"\"[^\"]+\""}"#, "sagt „\"größer\"“", #"{"prompt":"p"}"#, 1),
        (#""json""#, #"{"a": 1}"#, #"{"prompt":"p"}"#, 1),
        (#""json""#, #"{"a": 1} done"#, #"{"prompt":"p"}"#, 0),
        (#"{"kind":"json","keys":["a","b"]}"#, #"{"b":1,"a":null}"#, #"{"prompt":"p"}"#, 1),
        (#"{"kind":"json","keys":["a","b"]}"#, #"{"b":1}"#, #"{"prompt":"p"}"#, 0),
        (#"{"kind":"json","keys":["a"]}"#, "[1]", #"{"prompt":"p"}"#, 0),
        (
            #""json_match""#, #"{ "b": [1.0, {"y":2,"x":null}], "a": "s" }"#,
            #"{"prompt":"p","answer":"{\"a\":\"s\",\"b\":[1,{\"x\":null,\"y\":2}]}"}"#, 1
        ),
        (#""json_match""#, #"[2,1]"#, #"{"prompt":"p","answer":"[1,2]"}"#, 0),
    ])
    func repliesAreJudged(metric: String, reply: String, row: String, wanted: Double) throws {
        #expect(try score(metric, reply: reply, row: row) == wanted, "\(reply)")
    }

    @Test func theLikeliestChoiceCounts() throws {
        let row = try row(#"{"prompt":"p","choices":["no","certainly"],"answer":"certainly"}"#)
        let likelihoods = [-3.0, -9.0].map { Likelihood(logProbability: $0, tokenCount: 2) }
        let evidence = Metric.Evidence(choices: likelihoods)
        let plain = try Metric("choice", place: "", folder: "")
        let perByte = try Metric(
            try JSONValue(parsing: #"{"kind":"choice","per_byte":true}"#), place: "", folder: "")
        #expect(plain.numbers(of: evidence, row: row) == [0])
        #expect(perByte.numbers(of: evidence, row: row) == [1])
    }

    @Test func perplexityIsOfTokensNotOfRows() throws {
        let sums = [[6.0, 3], [2, 5]].reduce([0, 0]) { [$0[0] + $1[0], $0[1] + $1[1]] }
        #expect(Aggregate.perplexity.value(of: sums, rowCount: 2) == 2.718281828459045)
        #expect(!Aggregate.perplexity.value(of: [0, 0], rowCount: 2).isFinite)
    }

    @Test(arguments: [
        (#""exact_match""#, #"{"prompt":"p"}"#, "answer"),
        (#""contains""#, #"{"prompt":"p","answer":"a"}"#, "contains"),
        (#""choice""#, #"{"prompt":"p","answer":"a","choices":["a"]}"#, "two"),
        (#""choice""#, #"{"prompt":"p","answer":"c","choices":["a","b"]}"#, "one of"),
    ])
    func rowsThatLackWhatIsJudgedSaySo(metric: String, text: String, word: String) throws {
        let metric = try Metric(try JSONValue(parsing: metric), place: "", folder: "")
        let lack = try #require(metric.lack(of: row(text)))
        #expect(lack.contains(word))
    }
}

extension Metric {
    init(_ word: String, place: String, folder: String) throws {
        try self.init(JSONValue.string(word), place: place, folder: folder)
    }
}
