internal import Adapters
public import Inference
internal import Tensors
internal import Translation
public import Wire

extension WireSegment {
    /// A segment for people and other processes: digests with the names that they have.
    init(_ segment: MixSegment, names: [Digest: String], reason: WireReason) {
        self.init()
        fromToken = UInt32(clamping: segment.fromToken)
        self.reason = reason
        mix = WireMix(segment.mix) { names[$0] }
    }
}

extension MixSegment {
    /// The segment that a message names.
    ///
    /// - Throws: `.invalidArgument` for a mix that names no digests.
    public init(_ segment: WireSegment) throws(WorkerError) {
        do throws(WireError) {
            self.init(fromToken: Int(segment.fromToken), mix: try AdapterMix(segment.mix))
        } catch {
            throw WorkerError(.invalidArgument, error.message)
        }
    }
}
