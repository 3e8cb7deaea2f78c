import FoundationEssentials
import Journal
import Tensors
import Wire

// How the engine is told of requests.

extension ServedRequest {
    /// All of it, as it is accepted.
    func stored(at time: WallTime) -> StoredRequest {
        StoredRequest(
            id: id, serial: serial, record: record,
            acceptedAt: time.milliseconds(at: acceptedAt),
            deadline: deadline.map { time.milliseconds(at: $0) },
            parts: parts.map { part in
                StoredPart(entries: part.entries.map { part.stored($0) })
            })
    }

    private var record: WireJournalRequest {
        WireJournalRequest {
            $0.body = body
            $0.sampling = sampling
            $0.kvRule = kvRule
            if let auto {
                $0.auto.allowed = auto.allowed
                $0.auto.weighting = auto.weighting
                $0.auto.gain = auto.gain
            }
            $0.base = Data(origin.base.bytes)
            $0.type = origin.type
            $0.kernels = origin.kernels
            $0.router = origin.router.map { Data($0.bytes) } ?? Data()
            $0.parts = parts.map { part in
                WireJournalPart {
                    $0.prompt = part.prompt
                    $0.routedText = part.routedText
                    $0.seed = part.seed
                    $0.warnings = part.warnings
                    $0.unreadBytes = UInt64(clamping: part.unreadByteCount)
                    $0.cost = UInt64(clamping: part.cost)
                }
            }
        }
    }
}

extension RequestPart {
    /// An entry, with the tokens that are kept apart from it here.
    func stored(_ entry: Entry) -> WireJournalEntry {
        WireJournalEntry { stored in
            switch entry {
            case .routed(let segment, let sentences):
                stored.routed.segment = segment
                stored.routed.sentences = sentences
            case .chunk(let offset, let count, let text, let scores):
                stored.chunk.offset = UInt32(clamping: offset)
                stored.chunk.ids = Array(tokens.dropFirst(offset).prefix(count))
                stored.chunk.text = text
                stored.chunk.scores = scores.scores
            case .promptScores(let offset, let scores):
                stored.chunk.promptOffset = UInt32(clamping: offset)
                stored.chunk.promptScores = scores.scores
            case .ended(.done(let reason, let usage)):
                stored.done.reason = reason
                stored.done.usage = usage
                stored.done.provenance.promptTokens = promptTokens
                stored.done.provenance.limits.maxTokens = maxTokens
                stored.done.provenance.warnings = adapterWarnings
            case .ended(.failed(let refusal)):
                stored.failed = Reply.failed(refusal, part: 0)
            }
        }
    }
}
