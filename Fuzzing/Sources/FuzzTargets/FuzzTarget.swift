/// A parser of bytes from outside, fed with whatever libFuzzer makes up.
///
/// Each may throw what it likes, and must not trap, hang or take memory without bound.
enum FuzzTarget: String {
    case safetensors, gguf, json, wire, tokenizer, transport, gzip, rows, sentences
    case journal, registry, router
    case chatTemplate = "chat-template"
    case adapterConfiguration = "adapter-configuration"
    case evaluationRows = "evaluation-rows"
    case adapterGGUF = "adapter-gguf"
    case splitGGUF = "split-gguf"
    case sentencePiece = "sentence-piece"
    case splitPattern = "split-pattern"

    func run(_ bytes: [UInt8]) {
        switch self {
        case .safetensors: try? FileTargets.safetensors(bytes)
        case .gguf: try? FileTargets.gguf(bytes)
        case .json: try? FileTargets.json(bytes)
        case .wire: WireTarget.run(bytes)
        case .journal: try? JournalTarget.run(bytes)
        case .registry: try? RegistryTarget.run(bytes)
        case .transport: TransportTarget.run(bytes)
        case .gzip: try? RoutingTargets.gzip(bytes)
        case .router: try? RoutingTargets.router(bytes)
        case .rows: RoutingTargets.rows(bytes)
        case .sentences: RoutingTargets.sentences(bytes)
        case .evaluationRows: try? EvaluationTargets.rows(bytes)
        case .tokenizer: try? TextTargets.tokenizer(bytes)
        case .chatTemplate: try? TextTargets.chatTemplate(bytes)
        case .splitGGUF: try? FileTargets.splitGGUF(bytes)
        case .sentencePiece: try? TextTargets.sentencePiece(bytes)
        case .splitPattern: try? TextTargets.splitPattern(bytes)
        case .adapterConfiguration: try? FileTargets.adapterConfiguration(bytes)
        case .adapterGGUF: try? FileTargets.adapterGGUF(bytes)
        }
    }
}
