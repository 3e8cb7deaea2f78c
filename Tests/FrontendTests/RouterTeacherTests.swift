import Foundation
import Registry
import Routing
import Tensors
import TestSupport
import Testing

@testable import Frontend

/// Adapters that join the router while the service runs.
@Suite struct RouterTeacherTests {
    private let folder: TemporaryFolder
    private let teacher: RouterTeacher
    private let digest = Digest(of: [9])

    init() throws {
        folder = try TemporaryFolder()
        teacher = RouterTeacher(
            path: folder.path, given: GoldenFolder.path("../../Router"), threshold: nil)
        try folder.write(
            """
            {"text": "Were the shoes a good buy?", "adapter": "shoes"}
            {"text": "How does the jacket fit?", "adapter": "shoes"}
            {"text": "Good morning.", "adapter": "base"}
            """, to: "examples.jsonl")
    }

    @Test func anAdapterWithExamplesJoins() throws {
        var registry = AdapterRegistry()
        let given = try teacher.router(of: registry)
        let lesson = try #require(
            try teacher.teach(
                "shoes", digest, from: folder.path, examples: "", registry: registry))
        #expect(lesson.origin == given.digest && lesson.digest != given.digest)
        registry.route(by: lesson.digest, from: lesson.origin)
        let taught = try teacher.router(of: registry)
        #expect(taught.digest == lesson.digest && taught.labels.contains("shoes"))
        #expect(lesson.router.digest == lesson.digest)
        let again = try teacher.teach(
            "shoes", digest, from: folder.path, examples: "", registry: registry)
        #expect(again == nil, "it has a class already")
        try folder.write("", to: "incoming-7")
        teacher.prune(keeping: [lesson.digest])
        #expect(try teacher.router(of: registry).digest == lesson.digest)
        #expect(teacher.kept().map(\.digest) == [lesson.digest])
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(
            names == ["\(lesson.digest)", "examples.jsonl"].sorted(), "what is not its own stays")
        teacher.prune(keeping: [])
        #expect(teacher.kept().isEmpty)
    }

    @Test func withoutExamplesNothingIsLearned() throws {
        let registry = AdapterRegistry()
        #expect(
            try teacher.teach(
                "shoes", digest, from: "/nowhere", examples: "", registry: registry) == nil)
        #expect(throws: RoutingError.self) {
            try teacher.teach(
                "socks", digest, from: folder.path, examples: folder.path("examples.jsonl"),
                registry: registry)
        }
        #expect(throws: RoutingError.self) {
            try teacher.teach(
                "socks", digest, from: folder.path, examples: folder.path("none"),
                registry: registry)
        }
    }

    @Test func aRouterOfTheirOwnChoiceComesFirst() throws {
        var registry = AdapterRegistry()
        registry.route(by: Digest(of: [1]), from: Digest(of: [2]))
        #expect(try teacher.router(of: registry).labels.contains("hotels"))
    }
}
