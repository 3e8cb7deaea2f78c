/// How the layers of one kind tell positions apart.
public struct RotaryEmbedding: Sendable, Hashable {
    public var theta: Double
    /// Elements of each head that are rotated, the first ones.
    public var dimension: Int
    public var scaling: RopeScaling = .none

    /// The angle a position for each pair of rotated elements, in sequences whose rotations go by `length`.
    public func frequencies(length: Int) -> [Double] {
        scaling.frequencies(theta: theta, headDimension: dimension, length: length)
    }
}
