//! Which columns the list has, and how wide they are.

use ratatui::layout::Rect;

/// What the columns are made for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Contents {
    /// The widest name of a device, in columns; 0 while none is known.
    pub(super) device: usize,
    /// Whether anything is said of transfers.
    pub(super) transfers: bool,
    /// Whether of any certificate it is known what is attached.
    pub(super) attached: bool,
}

/// The columns, from left to right. One that there is no room for has no width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Columns {
    /// Marks, and the `>`.
    pub(super) marker: Rect,
    /// What the device is called.
    pub(super) device: Rect,
    /// The certificate's id.
    pub(super) id: Rect,
    /// The status.
    pub(super) status: Rect,
    /// Where it goes or comes from, and since when.
    pub(super) transfer: Rect,
    /// When it was registered.
    pub(super) created: Rect,
    /// How many policies and things are attached.
    pub(super) attached: Rect,
}

const MARKER: u16 = 2;
/// From this width on the id is shown whole.
const WHOLE_FROM: u16 = 164;
const WHOLE_ID: u16 = 64;
/// The first 8 and the last 8 digits.
const SHORT_ID: u16 = 17;
/// The first 8 digits: beside a device's name.
const SHORTEST_ID: u16 = 9;
const STATUS: u16 = 20;
const DATE: u16 = 10;
const ATTACHED: u16 = 8;
/// What an account needs.
const TRANSFER: u16 = 20;
/// What they need with the age in short, and with a name and the age in words.
const TRANSFER_GROWS: [u16; 2] = [26, 46];
/// Names are cut to the widest of these that any of them needs, so that the columns seldom move.
const NAMES: [u16; 5] = [8, 15, 22, 30, 40];
/// Below this width the id goes before the name.
const NAMES_FROM: u16 = 48;
/// Below this width a short id is enough, beside a name.
const SHORTEST_BELOW: u16 = 64;
/// From this width on two blanks stand between columns.
const WIDE: u16 = 100;

/// Divides an area. The columns come by what they are worth: device, id, status, transfer, date, attachments; what is
/// left over goes to the names, the transfers and the whole id, in this sequence.
pub(super) fn columns(area: Rect, contents: &Contents) -> Columns {
    let gap = if area.width >= WIDE { 2 } else { 1 };
    let wanted_name = NAMES
        .into_iter()
        .find(|width| usize::from(*width) >= contents.device)
        .unwrap_or(40);
    let narrow = area.width < SHORTEST_BELOW;
    let mut device = match area.width {
        ..NAMES_FROM => 0,
        _ if narrow => wanted_name.min(15),
        _ => wanted_name.clamp(8, 15),
    };
    let mut id = if narrow && device > 0 {
        SHORTEST_ID
    } else {
        SHORT_ID
    };
    // Behind the last column no gap is needed.
    let mut left = area.width.saturating_add(gap);
    left = left.saturating_sub(with_gap(MARKER, 1));
    for width in [device, id, STATUS] {
        left = left.saturating_sub(with_gap(width, gap));
    }
    // Takes as much as a column needs, when there is so much.
    let mut take = |wanted: bool, width: u16| {
        let needed = with_gap(width, gap);
        let fits = wanted && needed <= left;
        if fits {
            left = left.saturating_sub(needed);
        }
        if fits { width } else { 0 }
    };
    let mut transfer = take(contents.transfers, TRANSFER);
    let created = take(true, DATE);
    let attached = take(contents.attached, ATTACHED);
    let mut grow = |column: &mut u16, wanted: u16| {
        if *column > 0 {
            let more = wanted.saturating_sub(*column).min(left);
            *column = column.saturating_add(more);
            left = left.saturating_sub(more);
        }
    };
    let [numbers, names] = TRANSFER_GROWS;
    grow(&mut transfer, numbers);
    grow(&mut device, wanted_name);
    grow(&mut transfer, names);
    let more = WHOLE_ID.saturating_sub(id);
    if more <= left && area.width >= WHOLE_FROM {
        id = WHOLE_ID;
    }
    let mut x = area.x.saturating_add(with_gap(MARKER, 1)).min(area.right());
    let mut place = |width: u16| {
        let width = width.min(area.right().saturating_sub(x));
        let column = Rect { x, width, ..area };
        if width > 0 {
            x = x.saturating_add(width).saturating_add(gap);
        }
        column
    };
    Columns {
        marker: Rect {
            width: MARKER.min(area.width),
            ..area
        },
        device: place(device),
        id: place(id),
        status: place(STATUS),
        transfer: place(transfer),
        created: place(created),
        attached: place(attached),
    }
}

const fn with_gap(width: u16, gap: u16) -> u16 {
    if width == 0 {
        0
    } else {
        width.saturating_add(gap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Contents = Contents {
        device: 20,
        transfers: true,
        attached: true,
    };

    fn widths(width: u16, contents: Contents) -> [u16; 6] {
        let area = Rect::new(0, 0, width, 10);
        let columns = columns(area, &contents);
        [
            columns.device,
            columns.id,
            columns.status,
            columns.transfer,
            columns.created,
            columns.attached,
        ]
        .map(|column| column.width)
    }

    #[test]
    fn what_matters_most_comes_first() {
        assert_eq!(widths(40, ALL), [0, 17, 19, 0, 0, 0]);
        assert_eq!(widths(50, ALL), [16, 9, 20, 0, 0, 0]);
        assert_eq!(widths(80, ALL), [15, 17, 20, 22, 0, 0]);
        assert_eq!(widths(120, ALL), [22, 17, 20, 30, 10, 8]);
        assert_eq!(widths(200, ALL)[1..], [64, 20, 46, 10, 8]);
    }

    #[test]
    fn what_is_nowhere_takes_no_room() {
        let none = Contents {
            device: 0,
            transfers: false,
            attached: false,
        };
        assert_eq!(widths(80, none), [8, 17, 20, 0, 10, 0]);
        assert_eq!(widths(120, none), [8, 17, 20, 0, 10, 0]);
    }

    #[test]
    fn every_column_is_inside_and_behind_the_one_before() {
        for width in 0..260 {
            for device in [0, 5, 30, 500] {
                let contents = Contents { device, ..ALL };
                let area = Rect::new(3, 1, width, 4);
                let it = columns(area, &contents);
                let all = [
                    it.marker,
                    it.device,
                    it.id,
                    it.status,
                    it.transfer,
                    it.created,
                    it.attached,
                ];
                let mut end = area.x;
                for column in all.into_iter().filter(|column| column.width > 0) {
                    assert!(column.x >= end && column.right() <= area.right(), "{width}");
                    end = column.right();
                }
            }
        }
    }
}
