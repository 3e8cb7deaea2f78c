public import Tensors

/// One thing a router can choose.
public struct RouterClass: Sendable, Equatable {
    /// The adapter's registry name.
    public let name: String
    /// The adapter that the class was bound to when the artefact was written.
    public let adapter: Digest?
    /// How the class came in.
    public let origin: Origin

    public enum Origin: String, Sendable {
        /// By training with the others.
        case trained
        /// Later, through the centroid of a few examples.
        case added
    }

    public init(name: String, adapter: Digest? = nil, origin: Origin = .trained) {
        self.name = name
        self.adapter = adapter
        self.origin = origin
    }
}
