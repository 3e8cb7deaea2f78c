import FoundationEssentials
import Journal
import Registry
import Tensors
import Wire

/// Questions that change nothing.
extension Broker {
    /// Says how a prompt would be routed; nothing runs.
    mutating func explain(_ route: WireRoute, to client: Address) {
        do {
            let edition = try edition(for: route.requestID)
            let plan = try plan(
                route.prompt, selection: route.selection, split: false, under: edition)
            var reply = WireRouteReply()
            reply.request = route.request
            if let part = plan.parts.first {
                reply.segment = part.segment
                reply.sentences = part.sentences
                reply.warnings = part.warnings
                reply.unreadBytes = UInt64(clamping: part.unreadByteCount)
            }
            actions.append(.toClient(client, .routeReply(reply), nil))
        } catch {
            refuse(error, request: route.requestID, to: client)
        }
    }

    mutating func listAdapters(_ list: WireListAdapters, to client: Address) {
        var reply = WireAdapters()
        reply.request = list.request
        reply.revision = shelf?.registry.revision ?? 0
        reply.adapters = (editions.current?.adapters ?? []).map { adapter in
            var description = WireAdapterDescription()
            description.name = adapter.name
            description.digest = Data(adapter.digest.bytes)
            description.rank = adapter.rank
            description.byteCount = adapter.byteCount
            description.warnings = adapter.warnings
            description.routable = editions.current?.router?.knows(adapter) ?? false
            for use in sessions.compactMap({ $0.adapterUses[adapter.digest] }) {
                description.resident += use.resident ? 1 : 0
                description.loads &+= use.loads
                description.evictions &+= use.evictions
                description.uses &+= use.uses
                description.loadMs = max(description.loadMs, use.loadMs)
            }
            if let record = shelf?.registry.records[adapter.name] {
                description.generation = record.serving ?? 0
                description.generations = generations(of: record)
                description.previous = record.previous
            }
            return description
        }
        reply.refused = refusedAdapters
        actions.append(.toClient(client, .adapters(reply), nil))
    }

    /// What a name stood for, each with how its requests fared.
    private func generations(of record: AdapterRecord) -> [WireAdapterGeneration] {
        record.generations.map { generation in
            let tally = figures[generation.digest]
            return WireAdapterGeneration {
                $0.number = generation.number
                $0.digest = Data(generation.digest.bytes)
                $0.state = record.state(of: generation.number).rawValue
                if let canary = record.canary, canary.number == generation.number {
                    $0.share = Float(canary.share) / 1000
                }
                $0.requests = tally.requests
                $0.failures = tally.failures
                $0.tokens = tally.tokens
                $0.seconds = tally.seconds
                $0.weight = tally.meanWeight
            }
        }
    }

    mutating func status(_ status: WireStatus, to client: Address, now: Instant) {
        var reply = WireStatusReply()
        reply.request = status.request
        reply.version = configuration.version
        reply.workers = placeStatus + foreignStatus
        reply.queued = UInt32(clamping: queue.count)
        reply.running = UInt32(clamping: sessions.reduce(0) { $0 + $1.runningCount })
        reply.accepted = counters.accepted
        reply.finished = counters.finished
        reply.failed = counters.failed
        reply.resumed = counters.resumed
        reply.model = configuration.modelName
        reply.context = UInt32(clamping: pool?.context ?? 0)
        reply.vocabulary = UInt32(clamping: pool?.vocabulary ?? 0)
        reply.beginToken = pool?.beginToken ?? ""
        reply.endToken = pool?.endToken ?? ""
        reply.draining = drainingSince != nil
        reply.base = pool.map { Data($0.base.bytes) } ?? Data()
        reply.router =
            (shelf?.router ?? router).map { Data($0.digest.bytes) } ?? Data()
        reply.degraded = degradation
        reply.refusedAdapters = refusedAdapters
        reply.connections = connections
        reply.quarantinedAdapters = (editions.current?.adapters ?? [])
            .filter { blame.quarantined.contains($0.digest) }.map(\.name)
        reply.journal = configuration.journal
        reply.journalProblem = engineProblem ?? ""
        reply.tokens = meter.tokens
        reply.refused = meter.refused
        reply.adapters = meter.adapters
        reply.firstToken = meter.firstToken.latency(now: now)
        reply.interToken = meter.interToken.latency(now: now)
        actions.append(.toClient(client, .statusReply(reply), nil))
    }

    /// The places of the pool, whether or not a process serves there now.
    private var placeStatus: [WireWorkerStatus] {
        places.all.map { index, place in
            let session = sessions.first { $0.identity == place.identity }
            var status = session.map { self.status($0) } ?? WireWorkerStatus()
            status.name = "worker-\(index)"
            status.pid = place.pid
            if session == nil {
                status.state = place.isAlive ? "starting" : "dead"
                status.problem = place.problem
            }
            status.restarts = place.restarts
            return status
        }
    }

    /// Workers that somebody else started.
    private var foreignStatus: [WireWorkerStatus] {
        let known = places.identities
        return sessions.filter { session in !(session.identity.map(known.contains) ?? false) }
            .map { session in
                var status = self.status(session)
                status.name = name(of: session)
                return status
            }
    }

    /// Running parts that are told of, of all workers together: a reply has to fit a message.
    private static let partLimit = 512

    private func status(_ session: WorkerSession) -> WireWorkerStatus {
        var status = WireWorkerStatus()
        status.pid = session.statedPID
        // One that loads the first adapters cannot run anything yet.
        status.state =
            session.isDraining ? "draining" : session.isAnnounced ? "ready" : "starting"
        status.cacheTokens = session.cacheTokens
        status.slots = UInt32(clamping: session.slots)
        status.running = UInt32(clamping: session.runningCount)
        status.steps = session.heartbeat.steps
        status.tokens = session.heartbeat.tokens
        status.promptTokens = session.heartbeat.promptTokens
        status.cachedTokens = session.heartbeat.cachedTokens
        status.evictedBlocks = session.heartbeat.evictedBlocks
        status.parts = session.occupants.lazy.filter { !$0.isEncoding }
            .prefix(Self.partLimit / max(1, sessions.count)).map { runningPart($0.key) }
        status.adapterBytes = session.heartbeat.adapterBytes
        status.adapterByteLimit = session.heartbeat.adapterByteLimit
        for use in session.adapterUses.values {
            status.residentAdapters += use.resident ? 1 : 0
            status.adapterLoads &+= use.loads
            status.adapterEvictions &+= use.evictions
        }
        return status
    }

    private func runningPart(_ key: PartKey) -> WireRunningPart {
        let part = part(key)
        var running = WireRunningPart()
        running.request = key.request.data
        running.part = UInt32(clamping: key.part)
        running.shares = (part?.segments.last?.mix.shares ?? []).map { share in
            WireNamedWeight {
                ($0.name, $0.weight) = (share.name, Float(share.weight) / 1024)
            }
        }
        running.tokens = UInt32(clamping: part?.tokens.count ?? 0)
        return running
    }
}
