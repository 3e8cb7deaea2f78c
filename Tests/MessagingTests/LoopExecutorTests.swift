import Dispatch
import Messaging
import Testing

@Suite struct LoopExecutorTests {
    /// Also after a wait that another thread ended, and in child tasks.
    @Test func aTasksStepsRunOnTheLoop() async {
        let key = DispatchSpecificKey<Bool>()
        let queue = DispatchQueue(label: "loop")
        queue.setSpecific(key: key, value: true)
        let executor = LoopExecutor { queue.async(execute: $0) }
        let task = Task(executorPreference: executor) {
            var steps = [isOnLoop(key)]
            try? await Task.sleep(for: .milliseconds(1))
            steps.append(isOnLoop(key))
            async let child = isOnLoop(key)
            return await steps + [child]
        }
        #expect(await task.value == [true, true, true])
        #expect(!isOnLoop(key))
    }
}

private func isOnLoop(_ key: DispatchSpecificKey<Bool>) -> Bool {
    DispatchQueue.getSpecific(key: key) ?? false
}
