import Foundation
import Journal
import SwiftProtobuf
import TestSupport
import Wire

/// Requests for the engines to keep.
enum Sample {
    static func request(_ number: Int, isKept: Bool = false) -> StoredRequest {
        let id = RequestID(bytes: (0..<16).map { UInt8(truncatingIfNeeded: number + $0) }) ?? .none
        let record = WireJournalRequest {
            $0.body.requestID = id
            $0.body.prompt.text = "prompt \(number)"
            $0.body.keep = isKept
            $0.sampling.seed = UInt64(number)
            $0.base = Data(repeating: 7, count: 32)
            $0.parts = [WireJournalPart { $0.routedText = "text" }]
        }
        let entries = [
            WireJournalEntry { $0.routed.segment.reason = .routed },
            WireJournalEntry {
                $0.chunk.ids = [UInt32(number)]
                $0.chunk.text = "ä"
            },
        ]
        return StoredRequest(
            id: id, serial: UInt64(number), record: record, acceptedAt: Int64(number),
            deadline: number % 2 == 0 ? Int64(number + 9) : nil,
            parts: [StoredPart(entries: entries)])
    }

    /// All of a request, for comparisons.
    static func text(_ request: StoredRequest) -> String {
        "\(request.id) \(request.serial) \(request.record.textFormatString()) \(request.acceptedAt) "
            + "\(request.deadline ?? -1) \(request.endedAt ?? -1) "
            + request.parts.map { part in
                "\(part.attempts) " + part.entries.map { $0.textFormatString() }.joined()
            }.joined()
    }

    static func text(_ recollection: Recollection) -> String {
        switch recollection {
        case .closed: "closed"
        case .stored(let request): text(request)
        }
    }

    /// Makes operations as a front would: on requests that there are, in an order that makes sense.
    struct Writer {
        private(set) var ids: [RequestID] = []
        private(set) var moment: Int64 = 0
        private var entryCounts: [RequestID: Int] = [:]
        private var ended: Set<RequestID> = []
        private var epoch: UInt32 = 0

        mutating func operations(_ random: inout SeededGenerator) -> [DispatchOperation] {
            moment += 1
            guard
                let id = entryCounts.keys.sorted(by: { $0.description < $1.description })
                    .randomElement(using: &random), Int.random(in: 0..<4, using: &random) > 0
            else { return [submit()] }
            let key = PartKey(request: id, part: 0)
            let count = entryCounts[id] ?? 0
            epoch += 1
            var attempts = AttemptRecord()
            attempts.epoch = epoch
            attempts.stopping = epoch % 3 == 0 ? .cancelled : nil
            attempts.isOnProbation = epoch % 4 == 0
            let chunk = WireJournalEntry { $0.chunk.ids = [epoch] }
            let failed = WireJournalEntry { $0.failed.message = "it failed" }
            switch Int.random(in: 0..<8, using: &random) {
            case 0: return [.lease(key, attempts)]
            case 1: return [.release(key, attempts)]
            case 2 where !ended.contains(id):
                entryCounts[id] = count + 2
                return [.renew(key, from: count, [chunk, chunk])]
            case 3 where !ended.contains(id):
                entryCounts[id] = count + 1
                ended.insert(id)
                return [
                    .complete(key, at: count, failed, attempts),
                    .end(id, at: moment, summary(of: id)),
                ]
            case 4 where !ended.contains(id):
                entryCounts[id] = count + 1
                ended.insert(id)
                attempts.isQuarantined = true
                return [
                    .quarantine(key, at: count, failed, attempts),
                    .end(id, at: moment, summary(of: id)),
                ]
            case 5 where ended.contains(id):
                entryCounts[id] = count - 1
                ended.remove(id)
                return [.reopen(key, from: count - 1, attempts), .resume(id)]
            case 6:
                entryCounts[id] = nil
                return [.close(id, at: moment)]
            case 7:
                entryCounts[id] = nil
                return [.forget(id)]
            default: return []
            }
        }

        private func summary(of id: RequestID) -> WireRequestSummary {
            WireRequestSummary {
                ($0.request, $0.state, $0.tokens) = (id.data, "done", UInt64(epoch))
            }
        }

        private mutating func submit() -> DispatchOperation {
            let request = request(ids.count + 1)
            ids.append(request.id)
            entryCounts[request.id] = 2
            return .submit(request)
        }
    }
}
