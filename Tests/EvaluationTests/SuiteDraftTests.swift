import Adapters
import Tensors
import TestSupport
import Testing

@testable import Evaluation

@Suite struct SuiteDraftTests {
    private let files: SuiteFolder
    private let places: [AdapterPlace]

    init() throws {
        files = try SuiteFolder()
        for name in ["a", "b"] {
            try FileBytes.makeFolder(path: files.folder.path("shelf"))
            try FileBytes.makeFolder(path: files.folder.path("shelf/\(name)"))
            try files.folder.write("{}", to: "shelf/\(name)/adapter_config.json")
        }
        places = try AdapterPlace.all(in: files.folder.path("shelf"))
    }

    private func write(router: String?) throws -> String {
        let draft = try SuiteDraft(
            shelf: files.folder.path("shelf"), adapters: places, model: "/m \"q\"", router: router)
        try FileBytes.makeFolder(path: files.folder.path("data"))
        for (name, text) in draft.files { try files.folder.write(text, to: name) }
        return files.folder.path("suite.json")
    }

    @Test func examplesAreRefusedUntilTheyAreReplaced() throws {
        let path = try write(router: "r")
        let error = try #require(throws: EvaluationError.self) { try Suite(path: path) }
        #expect(error.message.contains("data/a.jsonl:1: is still the example"), "\(error)")
    }

    @Test(arguments: [nil, "r"])
    func withRowsItIsASuite(router: String?) throws {
        let path = try write(router: router)
        for name in ["a", "b", "together"] {
            try files.folder.write(
                #"{"prompt":"p","answer":"q","adapters":["a"]}"#, to: "data/\(name).jsonl")
        }
        let suite = try Suite(path: path)
        #expect(suite.adapters.map(\.name) == ["a", "b"])
        #expect(suite.model == "/m \"q\"")
        #expect(suite.tasks.map(\.name) == ["a", "b", "together"])
        #expect(suite.configurations.count == (router == nil ? 6 : 10))
        // No row needs two adapters, so there is nothing to merge.
        #expect(suite.merges.isEmpty)
    }

    @Test func aFolderWithoutAdaptersIsRefused() {
        #expect(throws: EvaluationError.self) {
            try SuiteDraft(shelf: "s", adapters: [], model: nil, router: nil)
        }
    }
}
