internal import ArgumentParser

/// Processors on the command line: their numbers, each once, separated by commas.
struct ProcessorList: ExpressibleByArgument {
    let numbers: [Int]

    init?(argument: String) {
        let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map {
            Int($0) ?? -1
        }
        guard numbers.allSatisfy({ $0 >= 0 }), Set(numbers).count == numbers.count else {
            return nil
        }
        self.numbers = numbers
    }
}
