//! Maximum flow by Dinic's algorithm. The flow of a closure network gives the best set of items
//! under a price on effort, and its residual capacities bound what any one item is worth.

/// Large enough never to be the bottleneck, small enough that sums do not overflow.
const UNBOUNDED: i64 = i64::MAX / 4;

/// A flow network whose nodes are the items, a source and a sink. Each item has an arc from the
/// source (its worth) and one to the sink (its price); a need is an arc without bound.
#[derive(Clone)]
pub(crate) struct Network {
    items: usize,
    /// Where the arcs of a node begin in `arcs`.
    first: Vec<u32>,
    arcs: Vec<Arc>,
    /// Position of each item's arc from the source and to the sink.
    worth_arc: Vec<u32>,
    price_arc: Vec<u32>,
    need_arcs: Vec<u32>,
    level: Vec<u32>,
    next: Vec<u32>,
    pub(crate) flow: i64,
}

#[derive(Clone, Copy)]
struct Arc {
    to: u32,
    back: u32,
    /// What can still be sent along it.
    left: i64,
}

impl Network {
    /// The network of items with these needs; capacities are set by `price`.
    pub(crate) fn new(needs: &[Vec<u32>]) -> Self {
        let items = needs.len();
        let (source, sink) = (items as u32, items as u32 + 1);
        let mut ends: Vec<(u32, u32, i64)> = Vec::new();
        for item in 0..items as u32 {
            ends.push((source, item, 0));
            ends.push((item, sink, 0));
            ends.extend(needs[item as usize].iter().map(|need| (item, *need, UNBOUNDED)));
        }
        let mut first = vec![0_u32; items + 3];
        for (from, to, _) in &ends {
            first[*from as usize + 1] += 1;
            first[*to as usize + 1] += 1;
        }
        for node in 0..items + 2 {
            first[node + 1] += first[node];
        }
        let mut fill = first.clone();
        let mut arcs = vec![Arc { to: 0, back: 0, left: 0 }; ends.len() * 2];
        let (mut worth_arc, mut price_arc) = (vec![0; items], vec![0; items]);
        let mut need_arcs = Vec::new();
        for (from, to, left) in ends {
            let there = fill[from as usize];
            fill[from as usize] += 1;
            let back = fill[to as usize];
            fill[to as usize] += 1;
            arcs[there as usize] = Arc { to, back, left };
            arcs[back as usize] = Arc { to: from, back: there, left: 0 };
            if from == source {
                worth_arc[to as usize] = there;
            } else if to == sink {
                price_arc[from as usize] = there;
            } else {
                need_arcs.push(there);
            }
        }
        let nodes = items + 2;
        let (level, next) = (vec![0; nodes], vec![0; nodes]);
        Self { items, first, arcs, worth_arc, price_arc, need_arcs, level, next, flow: 0 }
    }

    /// Starts afresh with these worths and prices, and sends as much as possible.
    pub(crate) fn solve(&mut self, worth: impl Fn(usize) -> i64, price: impl Fn(usize) -> i64) {
        self.clear();
        for item in 0..self.items {
            let (worth, price) = (worth(item), price(item));
            let straight = worth.min(price);
            self.flow += straight;
            self.set(self.worth_arc[item], worth - straight, straight);
            self.set(self.price_arc[item], price - straight, straight);
        }
        self.augment();
    }

    /// Raises the capacities to these worths and prices, none of which is below what it was, and
    /// sends what more can be sent. Much cheaper than starting afresh.
    pub(crate) fn raise(&mut self, worth: impl Fn(usize) -> i64, price: impl Fn(usize) -> i64) {
        for item in 0..self.items {
            self.raise_to(self.worth_arc[item], worth(item));
            self.raise_to(self.price_arc[item], price(item));
        }
        self.augment();
    }

    fn raise_to(&mut self, arc: u32, capacity: i64) {
        let Arc { back, left, .. } = self.arcs[arc as usize];
        let sent = self.arcs[back as usize].left;
        self.arcs[arc as usize].left = left.max(capacity - sent);
    }

    /// Requires the item, keeping the flow there is; `augment` then tells what that costs.
    pub(crate) fn force_in(&mut self, item: usize) {
        self.arcs[self.worth_arc[item] as usize].left = UNBOUNDED;
    }

    /// Forbids the item, likewise.
    pub(crate) fn force_out(&mut self, item: usize) {
        self.arcs[self.price_arc[item] as usize].left = UNBOUNDED;
    }

    /// What is left of an item's worth: what the best set gains by it at least.
    pub(crate) fn worth_left(&self, item: usize) -> i64 {
        self.arcs[self.worth_arc[item] as usize].left
    }

    /// What is left of an item's price: what taking it in costs at least.
    pub(crate) fn price_left(&self, item: usize) -> i64 {
        self.arcs[self.price_arc[item] as usize].left
    }

    /// Sends all that can still be sent.
    pub(crate) fn augment(&mut self) {
        while self.lay_levels() {
            for node in 0..self.items + 2 {
                self.next[node] = self.first[node];
            }
            self.flow += self.block();
        }
    }

    /// The smallest best set: the items that the source still reaches.
    pub(crate) fn smallest(&mut self) -> Vec<bool> {
        self.lay_levels();
        self.level[..self.items].iter().map(|level| *level != u32::MAX).collect()
    }

    /// The largest best set: the items from which the sink is out of reach.
    pub(crate) fn largest(&self) -> Vec<bool> {
        let mut reaches = vec![false; self.items + 2];
        let mut open = vec![self.items + 1];
        reaches[self.items + 1] = true;
        while let Some(node) = open.pop() {
            for position in self.span(node) {
                let Arc { to, back, .. } = self.arcs[position];
                if self.arcs[back as usize].left > 0 && !reaches[to as usize] {
                    reaches[to as usize] = true;
                    open.push(to as usize);
                }
            }
        }
        reaches[..self.items].iter().map(|reaches| !reaches).collect()
    }

    fn span(&self, node: usize) -> std::ops::Range<usize> {
        self.first[node] as usize..self.first[node + 1] as usize
    }

    fn set(&mut self, arc: u32, left: i64, sent: i64) {
        let back = self.arcs[arc as usize].back;
        self.arcs[arc as usize].left = left;
        self.arcs[back as usize].left = sent;
    }

    /// Takes back all that was sent.
    fn clear(&mut self) {
        self.flow = 0;
        for position in 0..self.need_arcs.len() {
            self.set(self.need_arcs[position], UNBOUNDED, 0);
        }
    }

    /// Distances from the source along arcs with room; whether the sink is among them.
    fn lay_levels(&mut self) -> bool {
        self.level.fill(u32::MAX);
        let (source, sink) = (self.items, self.items + 1);
        self.level[source] = 0;
        let mut queue = Vec::with_capacity(self.items + 2);
        queue.push(source as u32);
        let mut at = 0;
        while at < queue.len() {
            let node = queue[at] as usize;
            at += 1;
            for position in self.span(node) {
                let Arc { to, left, .. } = self.arcs[position];
                if left > 0 && self.level[to as usize] == u32::MAX {
                    self.level[to as usize] = self.level[node] + 1;
                    queue.push(to);
                }
            }
        }
        self.level[sink] != u32::MAX
    }

    /// A blocking flow along the levels, by depth-first search without recursion.
    fn block(&mut self) -> i64 {
        let (source, sink) = (self.items as u32, self.items as u32 + 1);
        let mut path: Vec<u32> = Vec::new();
        let mut node = source;
        let mut sent = 0;
        loop {
            if node == sink {
                let room = path.iter().map(|arc| self.arcs[*arc as usize].left).min().unwrap_or(0);
                let mut retreat = 0;
                for (step, arc) in path.iter().enumerate().rev() {
                    let back = self.arcs[*arc as usize].back as usize;
                    self.arcs[*arc as usize].left -= room;
                    self.arcs[back].left += room;
                    if self.arcs[*arc as usize].left == 0 {
                        retreat = step;
                    }
                }
                sent += room;
                node = self.arcs[self.arcs[path[retreat] as usize].back as usize].to;
                path.truncate(retreat);
                continue;
            }
            let here = node as usize;
            let mut advanced = false;
            while self.next[here] < self.first[here + 1] {
                let position = self.next[here];
                let Arc { to, left, .. } = self.arcs[position as usize];
                if left > 0 && self.level[to as usize] == self.level[here] + 1 {
                    path.push(position);
                    node = to;
                    advanced = true;
                    break;
                }
                self.next[here] += 1;
            }
            if !advanced {
                let Some(arc) = path.pop() else { return sent };
                node = self.arcs[self.arcs[arc as usize].back as usize].to;
                self.next[node as usize] += 1;
            }
        }
    }
}
