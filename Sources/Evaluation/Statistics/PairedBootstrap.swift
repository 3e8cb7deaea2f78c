/// Resamples of the rows of a task, the same for all configurations, so that differences between those are of pairs.
///
/// Source: Efron and Tibshirani 1993, percentile intervals; Koehn 2004 for pairs of systems.
public struct PairedBootstrap: Sendable, Hashable {
    /// Resamples that are drawn.
    public let resampleCount: Int
    /// The part of the resamples' values that an interval holds.
    public let confidence: Double
    public let seed: UInt64

    public init(resampleCount: Int = 10_000, confidence: Double = 0.95, seed: UInt64 = 0) {
        self.resampleCount = resampleCount
        self.confidence = confidence
        self.seed = seed
    }

    /// The figure of each configuration in each resample.
    ///
    /// - Parameters:
    ///   - rows: what each row gives, by configuration; all have the same rows.
    ///   - stream: tells the tasks apart, so that their resamples are independent.
    /// - Returns: (configuration, resample).
    func values(
        of rows: [[[Double]]], by aggregate: Aggregate, stream: Int
    ) -> [[Double]] {
        guard let rowCount = rows.first?.count, rowCount > 0 else { return rows.map { _ in [] } }
        var generator = ResampleGenerator(
            seed: seed &+ UInt64(truncatingIfNeeded: stream) &* 0xD1B5_4A32_D192_ED03)
        let width = aggregate.width
        let flat = rows.map { Array($0.joined()) }
        var values = rows.map { _ in [Double]() }
        var sums = [Double](repeating: 0, count: width)
        var drawn = [Double](repeating: 0, count: rowCount)
        for _ in 0..<resampleCount {
            for row in 0..<rowCount { drawn[row] = 0 }
            for _ in 0..<rowCount { drawn[generator.index(rowCount)] += 1 }
            for (configuration, numbers) in flat.enumerated() {
                for place in 0..<width {
                    var sum = 0.0
                    for row in 0..<rowCount { sum += drawn[row] * numbers[row * width + place] }
                    sums[place] = sum
                }
                values[configuration].append(aggregate.value(of: sums, rowCount: rowCount))
            }
        }
        return values
    }

    /// The interval of a figure.
    func interval(of values: [Double]) -> Interval? {
        Interval(of: values, confidence: confidence)
    }
}
