internal import Adapters
internal import Kernels
internal import Models

/// What one layer's forward pass leaves for its backward pass, for up to `rowCapacity` rows; one serves all layers.
struct LayerTape {
    /// What goes into queries, keys and values.
    let normed: Matrix
    /// Queries, keys and values after norms and rotation.
    let queryKeyValue: Matrix
    /// Queries and keys before their norms; empty where they have none.
    let unnormed: Matrix
    let attended: Matrix
    /// What attention adds, before its norm.
    let attention: Matrix
    /// The hidden rows between attention and feed-forward network.
    let middle: Matrix
    /// What goes into gate and up.
    let middleNormed: Matrix
    let gateUp: Matrix
    let activated: Matrix
    /// What the feed-forward network adds, before its norm.
    let feedForward: Matrix
    /// A x of all low-rank factors of each site.
    var inner: [[Matrix]]

    init(_ configuration: ModelConfiguration, rowCapacity: Int) {
        let queries = configuration.queryHeads * configuration.headDimension
        let keys = configuration.keyValueHeads * configuration.headDimension
        func rows(_ width: Int) -> Matrix { Matrix(rowCapacity, width) }
        normed = rows(configuration.hiddenSize)
        queryKeyValue = rows(queries + 2 * keys)
        unnormed = rows(configuration.family.headNorms == nil ? 0 : queries + keys)
        attended = rows(queries)
        attention = rows(configuration.hiddenSize)
        middle = rows(configuration.hiddenSize)
        middleNormed = rows(configuration.hiddenSize)
        gateUp = rows(2 * configuration.feedForwardSize)
        activated = rows(configuration.feedForwardSize)
        feedForward = rows(configuration.hiddenSize)
        inner = LinearName.Site.allCases.map { _ in [] }
    }

    private init(_ tape: LayerTape, rows: Range<Int>) {
        normed = tape.normed.rows(rows)
        queryKeyValue = tape.queryKeyValue.rows(rows)
        unnormed = tape.unnormed.rows(rows)
        attended = tape.attended.rows(rows)
        attention = tape.attention.rows(rows)
        middle = tape.middle.rows(rows)
        middleNormed = tape.middleNormed.rows(rows)
        gateUp = tape.gateUp.rows(rows)
        activated = tape.activated.rows(rows)
        feedForward = tape.feedForward.rows(rows)
        inner = tape.inner
    }

    /// The first rows alone.
    func prefix(_ count: Int) -> LayerTape { LayerTape(self, rows: 0..<count) }
}
