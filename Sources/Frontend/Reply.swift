import Adapters
import FoundationEssentials
import Tensors
import Translation
import Wire

/// Makes wire messages of what the broker knows.
enum Reply {
    static func failed(_ refusal: Refusal, part: Int) -> WireFailed {
        var failed = WireFailed()
        failed.part = UInt32(clamping: part)
        failed.code = refusal.code
        failed.message = refusal.message
        failed.retryAfterMs = refusal.retryAfter?.wireMilliseconds ?? 0
        return failed
    }

    static func accepted(_ request: ServedRequest, isDurable: Bool) -> WireAccepted {
        var accepted = WireAccepted()
        accepted.requestID = request.id
        accepted.seed = request.sampling.seed
        accepted.parts = UInt32(clamping: request.parts.count)
        accepted.durable = isDurable
        return accepted
    }

    static func routed(
        _ request: RequestID, part: Int, segment: WireSegment, sentences: [WireSentenceRoute]
    ) -> WireRouted {
        var routed = WireRouted()
        routed.requestID = request
        routed.part = UInt32(clamping: part)
        routed.segment = segment
        routed.sentences = sentences
        return routed
    }

    static func segment(
        _ mix: AdapterMix, reason: WireReason, edition: Edition
    ) -> WireSegment {
        var segment = WireSegment()
        segment.mix = WireMix(mix) { edition.adapter($0)?.name }
        segment.reason = reason
        return segment
    }

    /// The end of a part that was not refused or lost.
    static func done(
        _ request: ServedRequest, part index: Int, reason: WireFinishReason, usage: WireUsage
    ) -> WireDone {
        var done = WireDone()
        done.requestID = request.id
        done.part = UInt32(clamping: index)
        done.reason = reason
        done.usage = usage
        done.provenance = provenance(request, part: index)
        return done
    }

    /// What the wire takes in a list of warnings.
    private static let warningLimit = 256

    private static func provenance(
        _ request: ServedRequest, part index: Int
    ) -> WireProvenance {
        let part = request.parts[index]
        var provenance = WireProvenance()
        provenance.base = Data(request.origin.base.bytes)
        provenance.type = request.origin.type
        provenance.kernels = request.origin.kernels
        provenance.router =
            request.auto == nil ? Data() : request.origin.router.map { Data($0.bytes) } ?? Data()
        provenance.kvRule = request.kvRule
        provenance.seed = part.seed
        provenance.segments = part.segments
        provenance.promptTokens = part.promptTokens
        provenance.tokens = part.tokens
        provenance.sampling = request.sampling
        provenance.sampling.seed = part.seed
        provenance.limits = request.limits
        if part.maxTokens > 0 { provenance.limits.maxTokens = part.maxTokens }
        let warnings = part.warnings + part.adapterWarnings
        provenance.warnings = Array(warnings.prefix(warningLimit))
        return provenance
    }

    /// The warnings of every adapter that took part, each once.
    static func adapterWarnings(
        _ segments: [WireSegment], edition: Edition?
    ) -> [String] {
        var warnings: [String] = []
        for share in segments.flatMap(\.mix.shares) {
            guard let digest = Digest(bytes: share.adapter),
                let adapter = edition?.adapter(digest)
            else { continue }
            for warning in adapter.warnings.map({ "\(adapter.name): \($0)" })
            where !warnings.contains(warning) {
                warnings.append(warning)
            }
        }
        return warnings
    }
}
