import AsyncAlgorithms
import FuseboxClient
import FuseboxWire
import Messaging

/// The events of all choices of a request as one sequence.
///
/// Nothing is read ahead: an event is taken from the service when the one before it has a reader, so that a slow client costs no
/// memory here and no credit there.
final class ReplyFeed: Sendable {
    enum Item: Sendable {
        case event(choice: Int, ReplyEvent)
        /// The conversation about a choice has ended without its answer.
        case broken(APIError)
        /// A second went by.
        case tick
    }

    private let channel: AsyncChannel<Item>
    private let reading: Task<Void, Never>
    private let ticking: Task<Void, Never>

    /// Reads streams, and goes on until all have ended or `cancel`.
    ///
    /// - Parameters:
    ///   - executor: where they are read.
    ///   - onEnd: told of each choice whose stream is over, and whether it ended by itself.
    init(
        _ streams: [ReplyStream], on executor: LoopExecutor,
        onEnd: @escaping @Sendable (RequestID, _ isWhole: Bool) -> Void
    ) {
        let channel = AsyncChannel<Item>()
        self.channel = channel
        reading = Task(executorPreference: executor) {
            await withDiscardingTaskGroup { group in
                for (choice, stream) in streams.enumerated() {
                    group.addTask {
                        do {
                            for try await event in stream {
                                await channel.send(.event(choice: choice, event))
                            }
                        } catch let error as ClientError {
                            await channel.send(.broken(APIError(error)))
                        } catch {
                            // The stream throws nothing else.
                        }
                        onEnd(stream.id, !Task.isCancelled)
                    }
                }
            }
            channel.finish()
        }
        ticking = Task(executorPreference: executor) {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                await channel.send(.tick)
            }
        }
    }

    deinit { cancel() }

    /// Ends the sequence, and cancels what still runs.
    func cancel() {
        reading.cancel()
        ticking.cancel()
    }

    /// The next item; nil when all choices have ended, or after `cancel`.
    func next() async -> Item? {
        var iterator = channel.makeAsyncIterator()
        return await iterator.next()
    }
}
