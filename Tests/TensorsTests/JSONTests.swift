import Tensors
import TestSupport
import Testing

@Suite struct JSONTests {
    private func parse(_ text: String, _ limits: JSONLimits = JSONLimits()) throws -> JSONValue {
        try JSONValue(parsing: text, limits: limits)
    }

    @Test func valuesOfEveryKind() throws {
        let value = try parse(
            #" {"b":true, "a":[null,false,1,-2.5,1e3,"x"] , "e":{} ,"f":[]} "#)
        #expect(value.object?.keys == ["b", "a", "e", "f"])
        #expect(
            value["a"]
                == .array([
                    .null, .bool(false), .integer(1), .number(-2.5), .number(1000), .string("x"),
                ]))
        #expect(value["e"]?.object?.count == 0)
        #expect(value["f"]?.array == [])
        #expect(value["c"] == nil)
        #expect(value["a"]?["b"] == nil)
    }

    @Test(arguments: [
        ("0", JSONValue.integer(0)), ("-0", .number(-0.0)), ("9223372036854775807", .integer(.max)),
        ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .number(0x1p63)),
        ("1.0", .number(1)), ("1E+2", .number(100)),
        ("123456789012345678901234567890", .number(1.2345678901234568e29)),
        ("-1e-7", .number(-1e-7)), ("5e-324", .number(.leastNonzeroMagnitude)),
    ])
    func numbers(text: String, expected: JSONValue) throws {
        #expect(try parse(text) == expected)
    }

    @Test func aByteOrderMarkAndWindowsLineEndsArePassedOver() throws {
        #expect(try parse("\u{FEFF}{\r\n\"a\": 1\r\n}\r\n")["a"]?.int == 1)
        #expect(throws: TensorError.self) { try parse("{} \u{FEFF}") }
        #expect(throws: TensorError.self) { try parse("\u{FEFF}\u{FEFF}{}") }
    }

    @Test func wholeNumbersConvertHoweverTheyAreWritten() throws {
        #expect(try parse("1.0").int == 1)
        #expect(try parse("1e3").int == 1000)
        #expect(try parse("1.5").int == nil)
        #expect(try parse("1e30").int == nil)
        #expect(try parse("7").double == 7)
        #expect(try parse("\"7\"").int == nil)
    }

    @Test(arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u00e9\u4e16""#, "é世"),
        (#""\ud83c\udf0d""#, "🌍"),
        (#""a\u0000b""#, "a\u{0}b"), (#""Grüße\n世界""#, "Grüße\n世界"), (#""""#, ""),
        (#""\uD834\uDD1E""#, "𝄞"),
    ])
    func strings(text: String, expected: String) throws {
        #expect(try parse(text).string.map { Array($0.utf8) } == Array(expected.utf8))
    }

    /// Most of these are cases of nst/JSONTestSuite ("n_" and the strict reading of "i_").
    @Test(arguments: [
        "", " ", "{", "[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "]", "}", "{]", "[}", "{\"a\"}",
        "{\"a\":}", "{\"a\":1,}",
        "{\"a\":1 \"b\":2}", "{a:1}", "{'a':1}", "{1:1}", "{\"a\":1}}", "1 2", "[1]x", "nul",
        "nulll", "tru", "True", "NaN",
        "Infinity", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "1.e1", "0x10", "1_000", "--1",
        "1e999", "-1e999",
        "\"", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"", "\"\\u\"", "\"\\ud83c\"",
        "\"\\ud83cx\"", "\"\\ud83c\\n\"",
        "\"\\udf0d\"", "\"\\ud83c\\ud83c\"", "\"a\nb\"", "\"a\tb\"", "\"\u{0}\"", "// c\n1",
        "/* c */1", "[1]#",
        "\u{A0}1", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "[\"a\",,\"b\"]", "[1:2]", "{,}",
        "\u{0}",
    ])
    func whatIsNoJSONIsRefused(text: String) {
        let error = #expect(throws: TensorError.self) { try parse(text) }
        #expect(error?.code == .malformed)
        #expect(error?.message.hasPrefix("JSON at byte ") == true)
    }

    @Test(
        arguments: [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xE4, 0xB8, 0x22],
            [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x80], [0x22, 0x5C, 0x6E, 0xFF, 0x22],
            [0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D],
        ] as [[UInt8]])
    func invalidUTF8IsRefused(bytes: [UInt8]) {
        #expect(throws: TensorError.self) { try JSONValue(parsing: bytes) }
    }

    @Test func keysAreToldApartByTheirBytes() throws {
        // Canonically equivalent, so that Swift's strings are equal; different tokens of a vocabulary.
        let value = try parse("{\"\u{E9}\":1,\"e\u{301}\":2}")
        #expect(value["\u{E9}"]?.int == 1)
        #expect(value["e\u{301}"]?.int == 2)
    }

    @Test func manyKeysAreFoundAndCountedOnce() throws {
        let members = (0..<500).map { "\"k\($0)\":\($0)" }
        let value = try parse("{\(members.joined(separator: ","))}")
        for index in 0..<500 { #expect(value["k\(index)"]?.int == index) }
        #expect(value["k500"] == nil)
        for twice in [0, 7, 8, 9, 499] {
            let text = "{\(members.joined(separator: ",")),\"k\(twice)\":0}"
            #expect(throws: TensorError.self) { try parse(text) }
        }
    }

    @Test func limitsHold() throws {
        let deep = String(repeating: "[", count: 8) + String(repeating: "]", count: 8)
        #expect(throws: Never.self) { try parse(deep, JSONLimits(depth: 8)) }
        #expect(throws: TensorError.self) { try parse(deep, JSONLimits(depth: 7)) }
        #expect(throws: TensorError.self) { try parse(String(repeating: "[", count: 1_000_000)) }
        #expect(throws: TensorError.self) {
            try parse(String(repeating: "{\"a\":", count: 1_000_000))
        }
        #expect(throws: Never.self) { try parse("\"1234\"", JSONLimits(stringByteCount: 4)) }
        #expect(throws: TensorError.self) { try parse("\"12345\"", JSONLimits(stringByteCount: 4)) }
        #expect(throws: TensorError.self) {
            try parse("\"\\n\\n\\n\"", JSONLimits(stringByteCount: 4))
        }
        let error = #expect(throws: TensorError.self) {
            try parse("[1,2]", JSONLimits(byteCount: 4))
        }
        #expect(error?.code == .limitExceeded)
    }

    @Test func writtenTextParsesToTheSameValue() throws {
        let value: JSONValue = .object([
            "a\"\\\n\u{1}é🌍": .array([
                .null, .bool(true), .integer(-5), .number(0.1), .number(1e-300), .string(""),
            ]),
            "o": .object([:]),
        ])
        #expect(try parse(value.text) == value)
        #expect(JSONValue.array([.integer(1), .string("\u{1}")]).text == #"[1,"\u0001"]"#)
    }

    /// Quadratic work would take hours here.
    @Test(.timeLimit(.minutes(10))) func aVocabularyOfTenMegabytesParsesInLinearTime() throws {
        var text = "{\"model\":{\"vocab\":{"
        text += (0..<150_000).map { "\"Ġtoken\($0)\\u00e9\":\($0)" }.joined(separator: ",")
        text += "},\"merges\":["
        text += (0..<300_000).map { "[\"Ġt\($0 % 977)\",\"ok\($0)\"]" }.joined(separator: ",")
        text += "]}}"
        let bytes = Array(text.utf8)
        #expect(bytes.count > 9_000_000)
        let value = try JSONValue(parsing: bytes)
        #expect(value["model"]?["vocab"]?.object?.count == 150_000)
        #expect(value["model"]?["merges"]?.array?.count == 300_000)
    }

    @Test func mutatedDocumentsNeverTrap() throws {
        let document = Array(
            #"{"a":[1,-2.5e3,"x\u00e9\ud83c\udf0d",null,true,{"b":{}}],"Grüße":"世界","c":[[[]]]}"#
                .utf8)
        var random = SeededGenerator(seed: 11)
        var parsed = 0
        for _ in 0..<20_000 {
            let bytes = Mutation.of(document, using: &random)
            guard let value = try? JSONValue(parsing: bytes, limits: JSONLimits(depth: 8)) else {
                continue
            }
            parsed += 1
            #expect(try parse(value.text) == value)
        }
        #expect(parsed > 100)
    }
}
