extension Value {
    /// Python's `==`.
    func equals(_ other: Value, _ budget: inout Budget) throws(Fault) -> Bool {
        try budget.step()
        switch (self, other) {
        case (.undefined, .undefined), (.none, .none): return true
        case (.text(let left), .text(let right)):
            guard left.bytes.count == right.bytes.count else { return false }
            try budget.allocate(left.bytes.count)
            return left.hasSameBytes(as: right)
        case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)):
            guard left.values.count == right.values.count else { return false }
            for (one, two) in zip(left.values, right.values) {
                guard try one.equals(two, &budget) else { return false }
            }
            return true
        case (.mapping(let left), .mapping(let right)):
            guard left.count == right.count else { return false }
            for (key, value) in zip(left.keys, left.values) {
                guard let twin = try right.value(for: key), try value.equals(twin, &budget) else {
                    return false
                }
            }
            return true
        case (.range(let left), .range(let right)):
            return left.count == right.count
                && (left.count == 0 || left.start == right.start)
                && (left.count < 2 || left.step == right.step)
        case (.namespace(let left), .namespace(let right)): return left == right
        case (.generator(let left), .generator(let right)): return left === right
        default:
            if let left = integer, let right = other.integer { return left == right }
            if let left = number, let right = other.number { return left == right }
            return false
        }
    }

    /// Python's `<`.
    ///
    /// - Throws: for values without an order.
    func precedes(_ other: Value, _ budget: inout Budget) throws(Fault) -> Bool {
        try budget.step()
        switch (self, other) {
        case (.text(let left), .text(let right)):
            try budget.allocate(min(left.bytes.count, right.bytes.count))
            return left.precedes(right)
        case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)):
            for (one, two) in zip(left.values, right.values)
            where try !one.equals(two, &budget) {
                return try one.precedes(two, &budget)
            }
            return left.values.count < right.values.count
        default:
            if let left = integer, let right = other.integer { return left < right }
            if let left = number, let right = other.number { return left < right }
            for case .undefined(let undefined) in [self, other] {
                throw Fault(.runtime, undefined.message)
            }
            throw Fault(
                .runtime,
                "'<' is not supported between instances of '\(typeName)' and '\(other.typeName)'")
        }
    }

    /// Python's `item in self`.
    func contains(_ item: Value, _ budget: inout Budget) throws(Fault) -> Bool {
        switch self {
        case .text(let text):
            guard case .text(let part) = item else {
                throw Fault.expected("a string on the left of 'in'", item)
            }
            try budget.allocate(text.bytes.count + part.bytes.count)
            return text.contains(part)
        case .mapping(let mapping), .view(.keys, let mapping):
            try budget.charge(item)
            return try mapping.value(for: item) != nil
        case .namespace, .loop, .macro, .global, .method, .none, .bool, .int, .float:
            throw Fault(.runtime, "argument of type '\(typeName)' is not iterable")
        default:
            for member in try members() where try member.equals(item, &budget) { return true }
            return false
        }
    }

    /// What iterating over the value visits; a generator is used up.
    ///
    /// - Throws: for values that cannot be iterated over.
    func members() throws(Fault) -> [Value] {
        switch self {
        case .undefined: return []
        case .text(let text): return text.scalarTexts.map { .text($0) }
        case .list(let items), .tuple(let items): return items.values
        case .mapping(let mapping): return mapping.keys
        case .range(let range): return range.values
        case .view(let view, let mapping): return try mapping.items(view)
        case .generator(let generator): return generator.drain()
        default: throw Fault(.runtime, "'\(typeName)' object is not iterable")
        }
    }
}

extension [Value] {
    /// Sorts stably by keys, as Python's `sorted`.
    func sorted(
        by keys: [Value], isReversed: Bool, _ budget: inout Budget
    ) throws(Fault) -> [Value] {
        var order = Array<Int>(indices)
        var width = 1
        while width < count {
            var merged: [Int] = []
            merged.reserveCapacity(count)
            var start = 0
            while start < count {
                let middle = Swift.min(start + width, count)
                let end = Swift.min(middle + width, count)
                var left = start
                var right = middle
                while left < middle || right < end {
                    let takesRight: Bool
                    if left == middle {
                        takesRight = true
                    } else if right == end {
                        takesRight = false
                    } else {
                        let one = keys[order[left]]
                        let two = keys[order[right]]
                        takesRight =
                            isReversed
                            ? try one.precedes(two, &budget) : try two.precedes(one, &budget)
                    }
                    merged.append(order[takesRight ? right : left])
                    if takesRight { right += 1 } else { left += 1 }
                }
                start = end
            }
            order = merged
            width *= 2
        }
        return order.map { self[$0] }
    }
}
