import Journal
import Registry
import Tensors
import Wire

/// What an earlier front accepted, under editions that this one does not know.
extension Broker {
    /// Finds each such request an edition in which its mixes mean what they meant, once there is something to serve.
    ///
    /// What was accepted for another base, or with adapters that there are no more, fails: nobody goes on with it.
    mutating func adoptRestored(_ now: Instant) {
        guard let pool, let current = editions.current else { return }
        let kept = shelf?.registry.digests ?? []
        for id in requests.live {
            guard let request = requests[id], request.edition == nil else { continue }
            if request.delivery.client == nil, !request.delivery.isAccepted {
                requests[id]?.delivery.detach(now)
            }
            let shares = request.parts.flatMap { $0.segments.flatMap(\.mix.shares) }
            var shelf = current.outline.shelf
            for share in shares {
                guard let digest = Digest(bytes: share.adapter), current.adapter(digest) == nil
                else { continue }
                shelf[share.name] = digest
            }
            let missing = Set(shelf.values).subtracting(current.outline.shelf.values)
                .subtracting(kept).map(\.description).min()
            if request.origin.base != pool.base {
                dismiss(
                    id,
                    "it was accepted for the base \(request.origin.base), the service has \(pool.base) now",
                    now: now)
            } else if let missing {
                dismiss(id, "the adapter \(missing) of its mix is served no more", now: now)
            } else if shelf == current.outline.shelf,
                !request.isRerouted || current.outline.router == request.origin.router
            {
                requests[id]?.edition = current.id
            } else {
                let routers =
                    [self.shelf?.router, router].compactMap(\.self)
                    + (self.shelf?.earlierRouters ?? [])
                let chooser = routers.first { $0.digest == request.origin.router }
                guard !request.isRerouted || chooser != nil else {
                    dismiss(id, "the router that routes its reply is here no more", now: now)
                    continue
                }
                let edition = Edition(editions.adapters(of: shelf), routerIfFit: chooser)
                editions.remember(edition)
                requests[id]?.edition = edition.id
            }
        }
        for session in sessions { offerEditions(to: session.address) }
        mayDispatch = true
    }

    private mutating func dismiss(_ id: RequestID, _ problem: String, now: Instant) {
        for index in requests[id]?.parts.indices ?? 0..<0 {
            end(
                PartKey(request: id, part: index), .failed(Refusal(.unavailable, problem)),
                now: now)
        }
    }
}
