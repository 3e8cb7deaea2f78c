import Tensors
import TestSupport
import Testing

@testable import Routing

@Suite("A router's files")
struct RouterArtefactTests {
    private func written() throws -> (folder: TemporaryFolder, router: AdapterRouter) {
        let folder = try TemporaryFolder()
        let router = try ToyRouter.trained.get().write(
            to: folder.path("router"), card: "# A card\n")
        return (folder, router)
    }

    @Test("What is read back says the same, bit for bit")
    func roundTrip() throws {
        let (folder, router) = try written()
        let trained = try ToyRouter.trained.get()
        for text in ["add 1 and 2", "will it rain in oslo", "something else"] {
            #expect(router.scores(of: text) == trained.scores(of: text))
        }
        #expect(router.classes == trained.classes && router.seed == 7)
        #expect(router.calibration == trained.calibration && router.recipe == trained.recipe)
        let content =
            try folder.read("router/router.json") + folder.read("router/router.safetensors")
        #expect(router.digest == Digest(of: content))
        #expect(
            String(decoding: try folder.read("router/README.md"), as: UTF8.self) == "# A card\n")
        let again = try trained.write(to: folder.path("again"), card: "another card")
        #expect(again.digest == router.digest)
    }

    @Test("The digest changes with either file")
    func digest() throws {
        let (folder, router) = try written()
        let text = String(decoding: try folder.read("router/router.json"), as: UTF8.self)
        try folder.write(text + " ", to: "router/router.json")
        #expect(try AdapterRouter(directory: folder.path("router")).digest != router.digest)
    }

    @Test(
        "Settings that are wrong are refused, with the file and the member",
        arguments: [
            ("\"format\":\"fusebox.router\"", "\"format\":\"other\"", "format"),
            ("\"version\":1", "\"version\":9", "version"),
            ("\"origin\":\"trained\"", "\"origin\":\"bought\"", "label"),
            ("\"name\":\"add\"", "\"name\":\"base\"", "base"),
            ("\"name\":\"add\"", "\"name\":\"plural\"", "taken"),
            ("\"name\":\"add\"", "\"name\":\"\"", "label"),
            ("\"adapter\":null", "\"adapter\":\"12\"", "label"),
            ("\"temperature\":", "\"temperature\":0,\"was\":", "temperature"),
            ("\"threshold\":", "\"threshold\":\"low\",\"was\":", "threshold"),
            ("\"width\":32", "\"width\":33", "width"),
            ("\"width\":32", "\"width\":48", "shape"),
            ("\"width\":32", "\"width\":1000000000000", "width"),
            ("\"buckets\":2048", "\"buckets\":4096", "shape"),
            ("\"buckets\":2048", "\"buckets\":-1", "buckets"),
            ("\"character_grams\":[3,5]", "\"character_grams\":[5,3]", "features"),
            ("\"character_grams\":[3,5]", "\"character_grams\":[3,500]", "characters"),
            ("\"seed\":\"7\"", "\"seed\":7", "seed"),
            ("{", "[", "JSON"),
        ])
    func badSettings(part: String, replacement: String, word: String) throws {
        let (folder, _) = try written()
        let text = String(decoding: try folder.read("router/router.json"), as: UTF8.self)
        #expect(text.contains(part))
        try folder.write(
            text.replacing(part, with: replacement, maxReplacements: 1), to: "router/router.json")
        let error = #expect(throws: RoutingError.self) {
            try AdapterRouter(directory: folder.path("router"))
        }
        #expect(
            error?.message.contains("router.") == true && error?.message.contains(word) == true,
            "\(error?.message ?? "")")
    }

    @Test("Weights that are cut short, changed in shape or not finite are refused")
    func badWeights() throws {
        let (folder, _) = try written()
        let bytes = try folder.read("router/router.safetensors")
        for count in [0, 7, 100, bytes.count - 1] {
            try folder.write(Array(bytes.prefix(count)), to: "router/router.safetensors")
            #expect(throws: RoutingError.self) {
                try AdapterRouter(directory: folder.path("router"))
            }
        }
        var infinite = bytes
        infinite[bytes.count - 2] = 0x80
        infinite[bytes.count - 1] = 0x7F
        infinite[bytes.count - 4] = 0
        infinite[bytes.count - 3] = 0x7C
        try folder.write(infinite, to: "router/router.safetensors")
        let error = #expect(throws: RoutingError.self) {
            try AdapterRouter(directory: folder.path("router"))
        }
        #expect(error?.message.contains("not finite") == true)
        try folder.write(bytes, to: "router/router.safetensors")
        #expect(throws: Never.self) { try AdapterRouter(directory: folder.path("router")) }
        #expect(throws: RoutingError.self) { try AdapterRouter(directory: folder.path("nowhere")) }
    }
}
