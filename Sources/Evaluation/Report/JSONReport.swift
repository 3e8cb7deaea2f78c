public import Tensors

extension EvaluationResult {
    /// All figures as a document.
    public var json: JSONValue {
        .object([
            "format": .string("fusebox-evaluation"), "version": .integer(1),
            "title": .string(title),
            "suite": .string(suiteDigest.description), "engine": .string(engine),
            "reference": .string(configurations[reference].name),
            "confidence": .number(bootstrap.confidence),
            "resamples": .integer(Int64(bootstrap.resampleCount)),
            "findings": .array(
                findings.map {
                    .object(["kind": .string($0.kind.rawValue), "text": .string($0.text)])
                }),
            "configurations": .array(
                configurations.map {
                    .object([
                        "name": .string($0.name),
                        "kind": .string(ConfigurationKind($0).rawValue),
                    ])
                }),
            "mean": mean.map(figures) ?? .null,
            "tasks": .array(tasks.map(task)),
        ])
    }

    private func task(_ task: TaskResult) -> JSONValue {
        var right = JSONObject()
        for (configuration, part) in zip(configurations, task.rightChoices) {
            guard let part else { continue }
            right.append(configuration.name, .number(part))
        }
        return .object([
            "name": .string(task.name), "rows": .integer(Int64(task.rowCount)),
            "right_choices": .object(right),
            "metrics": .array(
                task.metrics.map { metric, row in
                    .object([
                        "name": .string(metric.name),
                        "higher_is_better": .bool(metric.isHigherBetter),
                        "figures": figures(row),
                    ])
                }),
        ])
    }

    private func figures(_ row: FigureRow) -> JSONValue {
        var object = JSONObject()
        for (configuration, figure) in zip(configurations, row.figures) {
            guard let figure else { continue }
            object.append(
                configuration.name,
                .object([
                    "value": .number(figure.value), "interval": Self.interval(figure.interval),
                    "difference": figure.difference.map { .number($0) } ?? .null,
                    "difference_interval": Self.interval(figure.differenceInterval),
                ]))
        }
        return .object(object)
    }

    private static func interval(_ interval: Interval?) -> JSONValue {
        interval.map { .array([.number($0.low), .number($0.high)]) } ?? .null
    }
}
