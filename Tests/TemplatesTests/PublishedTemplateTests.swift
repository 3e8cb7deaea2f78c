import Glibc
import Tensors
import Testing

@testable import Templates

/// Templates as their models and trainers publish them.
///
/// They are no part of this repository; FUSEBOX_TEMPLATES names their folder. Recorded are hashes of what
/// transformers makes of them.
@Suite struct PublishedTemplateTests {
    private static let folder = unsafe getenv("FUSEBOX_TEMPLATES").map {
        unsafe String(cString: $0)
    }

    @Test(.enabled(if: folder != nil)) func publishedTemplatesMeanWhatTheyMeanToTransformers()
        throws
    {
        let folder = try #require(Self.folder)
        let published = try #require(try TemplateGoldens.document("published.json").object)
        let conversations = try TemplateGoldens.document("conversations.json").array ?? []
        let variables = try conversations.map { try TemplateGoldens.variables($0) }
        var equal = 0
        for (name, entry) in published {
            let bytes = try FileBytes.array(path: "\(folder)/\(name)", limit: 1 << 20)
            try #require(Self.digest(bytes) == entry["source"]?.string, "another \(name)")
            let template = try Template(String(decoding: bytes, as: UTF8.self))
            for (index, variables) in variables.enumerated() {
                let text = try? template.render(variables, time: TemplateGoldens.time)
                    .map(\.text).joined()
                let digest = text.map { Self.digest(Array($0.utf8)) }
                let isEqual = digest == entry["texts"]?.array?[index].string
                #expect(isEqual, "\(name), conversation \(index)")
                equal += isEqual ? 1 : 0
            }
        }
        #expect(equal == published.count * 12)
        print("\(published.count) templates, \(equal) chats equal")
    }

    private static func digest(_ bytes: [UInt8]) -> String {
        String(Digest(of: bytes).description.prefix(32))
    }
}
