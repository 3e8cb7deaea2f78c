import Optimization
import Testing

@testable import Routing

@Suite("Rows that are wordings of one another")
struct RowGroupsTests {
    private func groups(_ texts: [String], adapters: [String] = ["x"]) -> [Int] {
        RowGroups(texts.map { RouterExample(text: $0, adapters: adapters) }).numbers
    }

    @Test("Rows of one template are one group, whatever its slots")
    func templates() {
        #expect(
            groups([
                "set a timer for an hour", "Set a timer for ten minutes!", "play some jazz",
                "play some old rock",
            ]) == [0, 0, 1, 1])
        #expect(groups(["add 3 and 4", "add 17 and 2508"]) == [0, 0])
        #expect(
            groups([
                "book a flight from london to paris on monday",
                "book a flight from rome to oslo on friday", "i have to be in oslo by monday",
            ]) == [0, 0, 1])
    }

    @Test("Case, spacing and order make no other wording; other words do")
    func nearDuplicates() {
        #expect(
            groups(["What IS my balance", "my balance is what ?", "how much money have i got"]) == [
                0, 0, 1,
            ])
        #expect(groups(["", "?", "?", "a"]).count == 4)
    }

    @Test("Rows of different adapters are not compared")
    func adapters() {
        let rows = [
            RouterExample(text: "turn it on", adapters: ["a"]),
            RouterExample(text: "turn it on", adapters: ["b"]),
            RouterExample(text: "turn it on", adapters: ["a", "b"]),
            RouterExample(text: "turn it off", adapters: ["b", "a"]),
        ]
        #expect(RowGroups(rows).numbers == [0, 1, 2, 2])
    }

    @Test("Many rows are grouped in little time", .timeLimit(.minutes(5)))
    func many() {
        let rows = (0..<20_000).map {
            RouterExample(
                text: "row \($0 % 7) of words that say w\($0) and v\($0)", adapters: ["x"])
        }
        #expect(RowGroups(rows).count < rows.count)
    }

    @Test(
        "What is held out shares no group with what is learned, and of few rows each is held out once"
    )
    func holdOut() throws {
        let examples = ToyRouter.examples(240, seed: 3)
        let groups = RowGroups(examples)
        var random = SeededRandom(seed: 1)
        let holdOut = try HoldOut(examples, groups: groups, random: &random)
        #expect(holdOut.folds.flatMap { $0 }.sorted() == Array(examples.indices))
        for fold in holdOut.folds {
            let held = Set(fold.map { groups.numbers[$0] })
            let learned = Set(Set(examples.indices).subtracting(fold).map { groups.numbers[$0] })
            #expect(held.isDisjoint(with: learned))
        }
    }

    @Test("The router itself learns from all rows in the end", arguments: [240, 2400])
    func learnedInTheEnd(count: Int) throws {
        let examples = ToyRouter.examples(count, seed: 3)
        var random = SeededRandom(seed: 1)
        let plan = try TrainingPlan(
            examples, nil, groups: RowGroups(examples), random: &random)
        #expect(plan.rounds.dropLast().allSatisfy { !$0.held.isEmpty })
        #expect(plan.rounds.last?.learned.map(\.text) == examples.map(\.text))
        #expect(plan.rounds.last?.held.isEmpty == true)
    }

    @Test("A class of one template is divided, since it could not be learned otherwise")
    func oneTemplate() throws {
        let examples = (0..<60).map {
            RouterExample(text: "add \($0) please", adapters: [$0 < 30 ? "a" : "b"])
        }
        var random = SeededRandom(seed: 1)
        let holdOut = try HoldOut(examples, groups: RowGroups(examples), random: &random)
        for fold in holdOut.folds {
            let learned = Set(
                Set(examples.indices).subtracting(fold).flatMap { examples[$0].adapters })
            #expect(learned == ["a", "b"])
        }
    }
}
