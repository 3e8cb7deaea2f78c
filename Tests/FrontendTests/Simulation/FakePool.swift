import Adapters
import FoundationEssentials
import Frontend
import Tensors
import Wire

/// What the fake workers say they are.
enum FakePool {
    struct Adapter {
        let name: String
        let digest: Data
    }

    static let base = Data(repeating: 0xBA, count: 32)
    static let router = Digest(of: [1, 2, 3])

    static let adapters: [Adapter] = ["calm", "formal", "terse"].enumerated().map {
        Adapter(name: $1, digest: Data(repeating: UInt8($0 + 1), count: 32))
    }

    static func ready(
        pid: Int32, slots: Int, hasRouter: Bool = true, hasAdapters: Bool = true
    ) -> WireReady {
        WireReady {
            $0.pid = pid
            $0.identity = Data(WorkerIdentity.of(pid).bytes)
            $0.slots = UInt32(slots)
            $0.context = 4096
            $0.vocabulary = 50_000
            $0.base = base
            $0.router = hasRouter ? Data(router.bytes) : Data()
            $0.type = "f32"
            $0.kernels = "scalar"
            $0.adapters = (hasAdapters ? adapters : []).map { adapter in
                WireResidentAdapter {
                    $0.name = adapter.name
                    $0.digest = adapter.digest
                    $0.rank = 8
                    $0.warnings = adapter.name == "terse" ? ["trained on another base"] : []
                }
            }
        }
    }
}

extension WorkerIdentity {
    /// What a test's front gave the process of a number.
    static func of(_ pid: Int32) -> WorkerIdentity {
        var bytes = Data(repeating: 0xAB, count: 12)
        bytes += (0..<4).map { UInt8(truncatingIfNeeded: pid >> (8 * $0)) }
        return WorkerIdentity(bytes) ?? .random()
    }
}

/// Chooses the adapter that a word names; the base when none does.
struct FakeRouter: PromptRouter {
    var digest = FakePool.router
    var adapters: [RegisteredAdapter] = []

    mutating func bind(to adapters: [RegisteredAdapter]) throws(Refusal) -> [String] {
        self.adapters = adapters
        return []
    }

    func knows(_ adapter: RegisteredAdapter) -> Bool { adapter.name != "terse" }

    func route(_ text: String, choice: AutoChoice) throws(Refusal) -> PromptRoute {
        let found = adapters.filter {
            text.contains($0.name) && (choice.allowed.isEmpty || choice.allowed.contains($0.name))
        }
        let shares = found.map { AdapterMix.Share(adapter: $0.digest, weight: 512) }
        let sentence = WireSentenceRoute {
            $0.text = text
            $0.abstained = found.isEmpty
        }
        return PromptRoute(
            mix: AdapterMix(shares: shares), reason: found.isEmpty ? .abstained : .routed,
            sentences: [sentence], warnings: found.isEmpty ? ["nothing fits"] : [])
    }
}
