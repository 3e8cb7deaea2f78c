import Optimization
import Tensors
import TestSupport
import Testing

@testable import Routing

@Suite("Meanings")
struct MeaningTableTests {
    private static let path = GoldenFolder.path("meanings/table.safetensors")

    @Test("Texts are cut as tokenizers cuts them, and their vectors are the sums of the pieces'")
    func goldens() throws {
        let table = try MeaningTable(path: Self.path)
        let document = try FileBytes(
            path: GoldenFolder.path("meanings/expected.json"), loading: .copied
        ).json()
        let rows = try #require(document["rows"]?.array)
        #expect(rows.count == 10)
        for row in rows {
            let text = try #require(row["text"]?.string)
            let pieces = table.pieces(NormalizedText(text, byteLimit: 4096))
            #expect(pieces == row["pieces"]?.array?.compactMap(\.int), "\(text)")
            let vector = table.vector(of: pieces).lanes.scalars(table.width)
            let expected = try #require(row["vector"]?.array).compactMap(\.double)
            #expect(vector.count == expected.count)
            for (value, right) in zip(vector, expected) {
                #expect(abs(Double(value) - right) < 1e-5, "\(text)")
            }
        }
    }

    @Test("Characters that begin no piece are skipped, the rest of the word is not")
    func unknown() throws {
        let pieces = try WordPieces(names: ["sun", "##ny", "n"])
        let cut = { (text: String) in pieces(NormalizedText(text, byteLimit: 4096)) }
        #expect(cut("sunny") == [0, 1])
        #expect(cut("Sunß sünny") == [0, 1])
        #expect(cut("🙂 nny") == [2, 1])
        #expect(cut("") == [])
    }

    @Test(
        "Vocabularies that are empty, too long or name a piece twice are refused",
        arguments: [[], ["a", "b", "a"], ["##"], ["a", ""], [String(repeating: "x", count: 65)]])
    func badPieces(names: [String]) {
        let error = #expect(throws: RoutingError.self) { try WordPieces(names: names) }
        #expect(error?.code == .malformed && error?.message.contains("piece") == true)
    }

    @Test("A file of other bytes is refused or read, never more", arguments: 0..<8)
    func mutations(seed: Int) throws {
        let folder = try TemporaryFolder()
        let bytes = try FileBytes.array(path: Self.path, limit: 1 << 20)
        var random = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<100 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<min(changed.count, 1200), using: &random)
                changed[place] = UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) {
                changed.removeLast(Int.random(in: 0..<changed.count, using: &random))
            }
            try folder.write(changed, to: "table")
            guard let table = try? MeaningTable(path: folder.path("table")) else { continue }
            let vector = table.vector(of: table.pieces(NormalizedText("rainy", byteLimit: 64)))
            #expect(vector.lanes.count == table.width / Lanes.scalarCount)
        }
        #expect(throws: RoutingError.self) { try MeaningTable(path: folder.path("nowhere")) }
    }

    /// A table in which snow is nearly rain, and all other words of the toy's skills are far from one another.
    private func table() throws -> MeaningTable {
        let names = ["rain", "snow", "add", "plural", "play", "weather", "oslo"]
        var vectors = [Float](repeating: 0, count: names.count * 16)
        for (place, name) in names.enumerated() {
            vectors[place * 16 + (name == "snow" ? 0 : place)] = 1
            if name == "snow" { vectors[place * 16 + 15] = 0.2 }
        }
        return MeaningTable(
            pieces: try WordPieces(names: names), vectors: Lanes.blocks(of: vectors), width: 16)
    }

    private func trained() throws -> AdapterRouter {
        var settings = ToyRouter.settings
        settings.meanings = try table()
        return try RouterTrainer(settings: settings).train(
            on: ToyRouter.examples(240, seed: 1), validation: ToyRouter.examples(80, seed: 2)
        ).router
    }

    @Test("A word that training did not show counts by what it means")
    func synonym() throws {
        let router = try trained()
        let weather = try #require(router.labels.firstIndex(of: "weather"))
        let known = router.scores(of: "snow").probabilities[weather]
        let without = try ToyRouter.trained.get().scores(of: "snow").probabilities[weather]
        #expect(known > 20 * without, "\(known), \(without)")
    }

    @Test("A router with meanings is written and read back bit for bit, and classes can join it")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let trained = try trained()
        let router = try trained.write(to: folder.path("router"), card: "")
        for text in ["add 1 and 2", "snow in oslo", "something else"] {
            #expect(router.scores(of: text) == trained.scores(of: text))
        }
        let grown = try router.adding("snowman", examples: ["build a snowman", "snow snow man"])
        let reread = try grown.write(to: folder.path("grown"), card: "")
        #expect(reread.scores(of: "snow man").best == reread.labels.firstIndex(of: "snowman"))
    }

    @Test("Settings that do not say what the weights hold are refused")
    func otherVersion() throws {
        let folder = try TemporaryFolder()
        _ = try trained().write(to: folder.path("router"), card: "")
        let text = String(decoding: try folder.read("router/router.json"), as: UTF8.self)
        for (version, word) in [("1", "tensors"), ("3", "version")] {
            try folder.write(
                text.replacing("\"version\":2", with: "\"version\":\(version)"),
                to: "router/router.json")
            let error = #expect(throws: RoutingError.self) {
                try AdapterRouter(directory: folder.path("router"))
            }
            #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
        }
        let plain = try folder.read("router/router.safetensors")
        _ = try ToyRouter.trained.get().write(to: folder.path("plain"), card: "")
        try folder.write(plain, to: "plain/router.safetensors")
        #expect(throws: RoutingError.self) { try AdapterRouter(directory: folder.path("plain")) }
    }
}
