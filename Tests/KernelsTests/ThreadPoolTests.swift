import Glibc
import Synchronization
import Tensors
import Testing

@testable import Kernels

@Suite struct ThreadPoolTests {
    @Test(arguments: 1...8, [0, 2000])
    func everyChunkRunsExactlyOnce(threads: Int, spin: Int) throws {
        let pool = try ThreadPool(threadCount: threads, spinCount: spin)
        #expect(pool.threadCount == threads)
        let runs = AlignedBuffer<Int32>(count: 200)
        var expected = [Int32](repeating: 0, count: 200)
        for job in 0..<300 {
            let count = job * 7 % 201
            pool.run(count) { runs[$0] += 1 }
            for chunk in 0..<count { expected[chunk] += 1 }
            // Complete when `run` returns, not some time later.
            #expect((0..<200).allSatisfy { runs[$0] == expected[$0] })
        }
    }

    @Test(arguments: [2, 3, 8])
    func manyTinyJobsComeToAnEnd(threads: Int) throws {
        let pool = try ThreadPool(threadCount: threads, spinCount: 100)
        let total = Atomic(0)
        for _ in 0..<3000 { pool.run(threads) { total.add($0, ordering: .relaxed) } }
        #expect(total.load(ordering: .relaxed) == 3000 * threads * (threads - 1) / 2)
    }

    /// Nothing of a second stage sees a first one that is not complete, however the threads are scheduled.
    @Test(arguments: [1, 2, 3, 8], [0, 100])
    func theSecondStageFollowsTheFirst(threads: Int, spin: Int) throws {
        let pool = try ThreadPool(threadCount: threads, spinCount: spin)
        let firsts = AlignedBuffer<Int32>(count: 20)
        let early = Atomic(0)
        let seconds = Atomic(0)
        for job in 0..<2000 {
            let (firstCount, count) = (job % 21, 1 + job * 7 % 19)
            for chunk in 0..<firstCount { firsts[chunk] = 0 }
            let first = { (chunk: Int) in
                // Some microseconds, in which the other threads are done with the rest.
                for _ in 0..<(chunk % 4 == 0 ? 2000 : 0) { Atomic(0).add(1, ordering: .relaxed) }
                firsts[chunk] += 1
            }
            pool.run(first: firstCount, first, then: count) { _ in
                let isComplete = (0..<firstCount).allSatisfy { firsts[$0] == 1 }
                early.add(isComplete ? 0 : 1, ordering: .relaxed)
                seconds.add(1, ordering: .relaxed)
            }
        }
        #expect(early.load(ordering: .relaxed) == 0)
        let expected = (0..<2000).reduce(0) { $0 + 1 + $1 * 7 % 19 }
        #expect(seconds.load(ordering: .relaxed) == expected)
    }

    @Test func poolsStartAndStopWithoutWork() throws {
        for threads in 1...8 {
            for _ in 0..<20 { _ = try ThreadPool(threadCount: threads) }
        }
        #expect(try ThreadPool(threadCount: 0).threadCount == 1)
        #expect(try ThreadPool(threadCount: -3).threadCount == 1)
    }

    /// A job inside a job runs on the thread that asks for it.
    @Test(arguments: [1, 2, 4])
    func jobsInsideJobsRun(threads: Int) throws {
        let pool = try ThreadPool(threadCount: threads, spinCount: 0)
        let total = Atomic(0)
        pool.run(6) { outer in
            pool.run(5) { inner in total.add(10 * outer + inner, ordering: .relaxed) }
        }
        #expect(total.load(ordering: .relaxed) == 10 * 15 * 5 + 10 * 6)
        pool.run(4) { total.add($0, ordering: .relaxed) }
        #expect(total.load(ordering: .relaxed) == 816)
    }

    /// Jobs of several owners take turns.
    @Test func ownersTakeTurns() async throws {
        let pool = try ThreadPool(threadCount: 2, spinCount: 0)
        let total = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    (0..<200).reduce(0) { sum, _ in
                        let own = AlignedBuffer<Int32>(count: 9)
                        pool.run(9) { own[$0] += 1 }
                        return sum + ((0..<9).allSatisfy { own[$0] == 1 } ? 1 : 0)
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(total == 800)
    }

    /// Every thread stays on the processor that it was given, the caller on the first; a pool that is gone lets it free.
    @Test(arguments: [0, 2000])
    func boundThreadsStayWhereTheyAre(spin: Int) throws {
        let before = Processors.available
        let own = before.numbers
        let masks = Mutex<[pthread_t: [Int]]>([:])
        do {
            let pool = try ThreadPool(
                threadCount: own.count, spinCount: spin, processors: own)
            #expect(pool.isBound)
            for _ in 0..<100 {
                pool.run(4 * own.count) { _ in
                    let mask = Processors.available.numbers
                    masks.withLock { $0[pthread_self()] = mask }
                }
            }
            #expect(Processors.available.numbers == [own[0]])
        }
        #expect(Processors.available == before)
        let seen = masks.withLock { $0 }
        #expect(seen[pthread_self()] == [own[0]])
        #expect(seen.values.allSatisfy { $0.count == 1 })
        #expect(Set(seen.values).count == seen.count && seen.count <= own.count)
    }

    @Test func processorsThatAreNotToBeHadAreNoError() throws {
        let before = Processors.available
        for processors in [[-1], [9999], [0, 1]] {
            let pool = try ThreadPool(threadCount: 1, placement: .own(processors))
            #expect(!pool.isBound)
            pool.run(3) { _ in }
        }
        #expect(Processors.available == before)
    }

    @Test func idleThreadsSpinOnlyWhereTheyHaveProcessors() throws {
        let count = Processors.available.count
        #expect(try !ThreadPool(threadCount: 1).isSpinning)
        #expect(try !ThreadPool(threadCount: count + 1).isSpinning)
        #expect(try !ThreadPool(threadCount: count, placement: .crowded).isSpinning)
        #expect(try ThreadPool(threadCount: count).isSpinning == (count > 1))
    }

    /// One processor of each core comes first, and a quota limits how many count.
    @Test func coresComeBeforeTheirSiblings() {
        let paired = Processors(numbers: [0, 1, 2, 3, 5], cores: [0, 0, 2, 2, 5], quota: .max)
        #expect(paired.numbers == [0, 2, 5, 1, 3] && paired.count == 5)
        let distant = Processors(numbers: [0, 1, 2, 3], cores: [0, 1, 0, 1], quota: 3)
        #expect(distant.numbers == [0, 1, 2, 3] && distant.count == 3)
        #expect(Processors(numbers: [], cores: [], quota: 1).count == 1)
    }
}
