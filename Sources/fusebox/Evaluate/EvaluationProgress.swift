import Evaluation

/// How far an evaluation is and how long it may take.
final class EvaluationProgress {
    private let bar = ProgressBar("evaluating")
    private let start = ContinuousClock().now

    func show(_ progress: Evaluator<ModelEngine>.Progress) {
        var note = "\(progress.done) of \(progress.count)"
        if progress.ownDone > 0 {
            let seconds = (ContinuousClock().now - start) / .seconds(1)
            let rest = Double(progress.ownCount - progress.ownDone) / Double(progress.ownDone)
            note += ", \(Self.text(seconds * rest)) left"
        }
        bar.show(Double(progress.done) / Double(max(1, progress.count)), note: note)
    }

    func clear() {
        bar.clear()
    }

    /// Minutes and seconds, or hours and minutes.
    private static func text(_ seconds: Double) -> String {
        let whole = Int(min(max(seconds.rounded(.up), 0), 1e9))
        guard whole >= 60 else { return "\(whole) s" }
        guard whole >= 3600 else { return "\(whole / 60) min \(whole % 60) s" }
        return "\(whole / 3600) h \(whole / 60 % 60) min"
    }
}
