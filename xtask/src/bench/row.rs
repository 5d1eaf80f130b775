//! One comparison with one peer.

use super::floor;
use super::measure::{Lane, Spread};
use super::pair::{Operation, Outcome, Race};
use super::runner::{Block, Strong, Who};

/// Ours beside a peer. A ratio is the peer's CPU time by ours: above 1, ours is the faster.
pub(super) struct Row {
    pub(super) operation: Operation,
    pub(super) pair: String,
    pub(super) strong: Strong,
    pub(super) block: Block,
    /// What speeds are counted in.
    pub(super) bytes: u64,
    pub(super) ours: Who,
    pub(super) peer: Peer,
    /// MB per CPU-second.
    pub(super) our_speed: f64,
    /// MB per CPU-second; none for a peer that did not run.
    pub(super) peer_speed: Option<f64>,
    pub(super) ratio: Spread,
    /// The same ratio by wall time.
    pub(super) wall: Option<f64>,
    pub(super) must_reach: Option<f64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Peer {
    Ran(Who),
    /// Not in this run: the figures of another run, with rdiff as the yardstick of both.
    Hsynz,
}

impl Peer {
    pub(super) fn name(self) -> &'static str {
        match self {
            Peer::Ran(who) => who.name(),
            Peer::Hsynz => "hsynz (by way of rdiff)",
        }
    }
}

/// Every comparison that an outcome allows.
pub(super) fn rows(outcome: &Outcome) -> Vec<Row> {
    let mut rows = Vec::new();
    for race in &outcome.races {
        for ours in race.lanes.iter().filter(|lane| matches!(lane.who, Who::Ours | Who::OursCompact)) {
            // What hostile pairs cost is the only promise of that profile.
            if ours.who == Who::OursCompact && outcome.pair != "h-weakcoll" {
                continue;
            }
            let peers = race.lanes.iter().filter(|lane| !lane.who.is_ours());
            for row in peers.map(|peer| row(outcome, race, ours, peer)) {
                let hsynz = by_way_of_rdiff(&row);
                rows.push(row);
                rows.extend(hsynz);
            }
        }
    }
    rows
}

fn row(outcome: &Outcome, race: &Race, ours: &Lane, peer: &Lane) -> Row {
    let speed = |lane: &Lane| race.bytes as f64 / 1e6 / lane.median(|sample| sample.cpu);
    Row {
        operation: race.operation,
        pair: outcome.pair.clone(),
        strong: race.strong,
        block: race.block,
        bytes: race.bytes,
        ours: ours.who,
        peer: Peer::Ran(peer.who),
        our_speed: speed(ours),
        peer_speed: Some(speed(peer)),
        ratio: ours.ratio(peer, |sample| sample.cpu),
        wall: Some(ours.ratio(peer, |sample| sample.wall).median),
        must_reach: must_reach(outcome, race, ours.who, peer),
    }
}

fn must_reach(outcome: &Outcome, race: &Race, ours: Who, peer: &Lane) -> Option<f64> {
    match (race.operation, race.strong, peer.who) {
        (Operation::Signature, strong, Who::Rdiff) => Some(floor::signature_to_rdiff(strong)),
        (Operation::Signature, Strong::Md4, Who::FastRsync) => Some(floor::SIGNATURE_TO_FAST_RSYNC),
        (Operation::Delta, Strong::Blake2, Who::Rdiff) if ours == Who::Ours => {
            floor::delta_to_rdiff(&outcome.pair, race.block)
        }
        (Operation::Patch, _, Who::Cp) => {
            let rdiff = race.lane(Who::Rdiff).map(|rdiff| rdiff.ratio(peer, |sample| sample.cpu).median);
            Some(floor::patch_to_cp(rdiff))
        }
        _ => None,
    }
}

fn by_way_of_rdiff(row: &Row) -> Option<Row> {
    let delta =
        row.operation == Operation::Delta && row.block == Block::TwoKib && row.strong == Strong::Blake2;
    if !delta || row.peer != Peer::Ran(Who::Rdiff) {
        return None;
    }
    let hsynz = floor::delta_to_hsynz(&row.pair)?;
    // Only the bounded profile was promised to be ahead on this one.
    let promised = row.pair != "h-weakcoll" || row.ours == Who::OursCompact;
    let by = |ratio: f64| ratio / hsynz.to_rdiff;
    Some(Row {
        pair: row.pair.clone(),
        peer: Peer::Hsynz,
        peer_speed: None,
        ratio: Spread { low: by(row.ratio.low), median: by(row.ratio.median), high: by(row.ratio.high) },
        wall: None,
        must_reach: promised.then_some(hsynz.floor),
        ..*row
    })
}
