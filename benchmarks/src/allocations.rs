//! A global allocator that counts.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static ON_THIS_THREAD: Cell<u64> = const { Cell::new(0) };
}

/// The system's allocator, counting each thread's allocations. What `SQLite`
/// takes from C's allocator is not seen.
#[derive(Debug, Clone, Copy)]
pub struct Counting;

// SAFETY: every call goes to `System` unchanged. The counter is a constant
// cell without a destructor, so that counting does not allocate.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add_one();
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        add_one();
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        add_one();
        // SAFETY: the caller's promise is passed on.
        unsafe { System.realloc(old, layout, size) }
    }

    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(old, layout) }
    }
}

fn add_one() {
    ON_THIS_THREAD.set(ON_THIS_THREAD.get() + 1);
}

/// The allocations of this thread so far, where [`Counting`] is the global
/// allocator; growing in place counts as one.
pub fn on_this_thread() -> u64 {
    ON_THIS_THREAD.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[global_allocator]
    static ALLOCATOR: Counting = Counting;

    #[test]
    fn counts_what_is_allocated_and_nothing_else() {
        let before = on_this_thread();
        let kept = std::hint::black_box(Box::new(1));
        assert_eq!(on_this_thread(), before + 1);
        drop(kept);
        assert_eq!(on_this_thread(), before + 1);
    }
}
