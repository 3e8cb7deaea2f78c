import TestSupport
import Testing

@testable import Tokenization

@Suite struct StopMatcherTests {
    /// Pushes the text in pieces of one character and gives all that came out.
    private func run(_ text: String, _ stops: [String]) -> (text: String, stop: String?) {
        var matcher = StopMatcher(stops)
        var result = ""
        for character in text {
            let outcome = matcher.push(String(character))
            result += outcome.text
            if let stop = outcome.stop { return (result, stop) }
        }
        return (result + matcher.finish(), nil)
    }

    @Test func textIsCutBeforeTheStop() {
        #expect(run("one\n\ntwo", ["\n\n"]) == ("one", "\n\n"))
        #expect(run("one\ntwo", ["\n\n"]) == ("one\ntwo", nil))
        #expect(run("aaab", ["aab"]) == ("a", "aab"))
        #expect(run("abcabd", ["abd"]) == ("abc", "abd"))
        #expect(run("xyz", ["yz", "xyz"]) == ("", "xyz"))
        #expect(run("abcd", ["abcd", "bc"]) == ("a", "bc"))
        #expect(run("abc", ["", "zzz"]) == ("abc", nil))
        #expect(run("ab", []) == ("ab", nil))
        #expect(run("Grüße", ["ß"]) == ("Grü", "ß"))
    }

    @Test func aPartialMatchWaits() {
        var matcher = StopMatcher(["stop"])
        #expect(matcher.push("a st") == .init(text: "a "))
        #expect(matcher.push("o") == .init(text: ""))
        #expect(matcher.push("re st") == .init(text: "store "))
        #expect(matcher.finish() == "st")
        #expect(matcher.finish() == "")
    }

    @Test func nothingFollowsAStop() {
        var matcher = StopMatcher(["."])
        #expect(matcher.push("a.b") == .init(text: "a", stop: "."))
        #expect(matcher.push("c") == .init(text: ""))
        #expect(matcher.finish() == "")
    }

    @Test func piecesMakeNoDifference() {
        var random = SeededGenerator(seed: 5)
        func text(_ longest: Int) -> String {
            String(
                (0..<Int.random(in: 1...longest, using: &random)).map { _ in
                    "abé".randomElement(using: &random) ?? "a"
                })
        }
        for _ in 0..<2000 {
            let whole = text(30)
            let stops = (0..<Int.random(in: 1...3, using: &random)).map { _ in text(4) }
            var matcher = StopMatcher(stops)
            let outcome = matcher.push(whole)
            let expected = (outcome.text + matcher.finish(), outcome.stop)
            #expect(run(whole, stops) == expected, "\(whole) \(stops)")
            if let stop = expected.1 {
                #expect(whole.hasPrefix(expected.0 + stop))
            } else {
                #expect(expected.0 == whole)
                #expect(stops.allSatisfy { !whole.contains($0) })
            }
        }
    }
}
