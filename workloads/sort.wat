;; A sort with a comparison callback
;;
;; What it does: fills `count` i32 in linear memory with pseudo-random numbers and sorts them by a bottom-up merge
;; sort, `rounds` times with different numbers. The order is a function in the table, as for C's qsort: ascending in
;; even rounds, by the number of bits set in odd ones if `orders` is 2.
;;
;; Why it matters: a library routine with a callback is the classic case for inlining through a function pointer. The
;; comparison is two instructions; the call around it costs more than the rest of the merge step. With one order the
;; site is monomorphic; with two, the routine's feedback mixes both users.
(module
  (type $compare (func (param i32 i32) (result i32)))

  (memory (export "memory") 4 4)
  (table (export "table") 2 2 funcref)
  (elem (i32.const 0) $ascending $by-bit-count)

  ;; An order says whether its first argument may stay before the second one.
  (func $ascending (type $compare) (param $a i32) (param $b i32) (result i32)
    (i32.le_s (local.get $a) (local.get $b)))

  (func $by-bit-count (type $compare) (param $a i32) (param $b i32) (result i32)
    (i32.le_u (i32.popcnt (local.get $a)) (i32.popcnt (local.get $b))))

  ;; Merges the sorted runs [left, middle) and [middle, right) into the run that starts at `to`. All are addresses.
  (func $merge (param $left i32) (param $middle i32) (param $right i32) (param $to i32) (param $order i32)
    (local $i i32)
    (local $j i32)
    (local $a i32)
    (local $b i32)
    (local.set $i (local.get $left))
    (local.set $j (local.get $middle))
    (block $one-is-empty
      (loop $next
        (br_if $one-is-empty (i32.eq (local.get $i) (local.get $middle)))
        (br_if $one-is-empty (i32.eq (local.get $j) (local.get $right)))
        (local.set $a (i32.load (local.get $i)))
        (local.set $b (i32.load (local.get $j)))
        (if (call_indirect (type $compare) (local.get $a) (local.get $b) (local.get $order))
          (then
            (i32.store (local.get $to) (local.get $a))
            (local.set $i (i32.add (local.get $i) (i32.const 4))))
          (else
            (i32.store (local.get $to) (local.get $b))
            (local.set $j (i32.add (local.get $j) (i32.const 4)))))
        (local.set $to (i32.add (local.get $to) (i32.const 4)))
        (br $next)))
    (memory.copy (local.get $to) (local.get $i) (i32.sub (local.get $middle) (local.get $i)))
    (memory.copy
      (i32.add (local.get $to) (i32.sub (local.get $middle) (local.get $i)))
      (local.get $j)
      (i32.sub (local.get $right) (local.get $j))))

  (func $min (param $a i32) (param $b i32) (result i32)
    (select (local.get $a) (local.get $b) (i32.lt_u (local.get $a) (local.get $b))))

  ;; Sorts the `bytes` bytes at address 0 with the help of as many at 131072; returns the address of the result.
  (func $sort (param $bytes i32) (param $order i32) (result i32)
    (local $from i32)
    (local $to i32)
    (local $end i32)
    (local $run i32)
    (local $left i32)
    (local $middle i32)
    (local $right i32)
    (local.set $to (i32.const 131072))
    (local.set $run (i32.const 4))
    (block $sorted
      (loop $next-pass
        (br_if $sorted (i32.ge_u (local.get $run) (local.get $bytes)))
        (local.set $left (local.get $from))
        (local.set $end (i32.add (local.get $from) (local.get $bytes)))
        (loop $next-pair
          (local.set $middle (call $min (i32.add (local.get $left) (local.get $run)) (local.get $end)))
          (local.set $right (call $min (i32.add (local.get $middle) (local.get $run)) (local.get $end)))
          (call $merge
            (local.get $left)
            (local.get $middle)
            (local.get $right)
            (i32.add (local.get $to) (i32.sub (local.get $left) (local.get $from)))
            (local.get $order))
          (local.set $left (local.get $right))
          (br_if $next-pair (i32.lt_u (local.get $left) (local.get $end))))
        (local.get $from)
        (local.set $from (local.get $to))
        (local.set $to)
        (local.set $run (i32.shl (local.get $run) (i32.const 1)))
        (br $next-pass)))
    (local.get $from))

  ;; Fills the `bytes` bytes at address 0 from `seed` and returns the next seed.
  (func $fill (param $bytes i32) (param $seed i32) (result i32)
    (local $at i32)
    (loop $next
      (local.set $seed
        (i32.add
          (i32.mul (local.get $seed) (i32.const 1664525))
          (i32.const 1013904223)))
      (i32.store (local.get $at) (local.get $seed))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $bytes))))
    (local.get $seed))

  ;; A sum that depends on the order: h = h * 31 + entry.
  (func $digest (param $at i32) (param $bytes i32) (param $h i32) (result i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $at) (local.get $bytes)))
    (loop $next
      (local.set $h (i32.add (i32.mul (local.get $h) (i32.const 31)) (i32.load (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (local.get $h))

  ;; `count` is between 1 and 32768, `orders` is 1 or 2.
  (func $main (export "main") (param $count i32) (param $rounds i32) (param $orders i32) (result i32)
    (local $bytes i32)
    (local $round i32)
    (local $seed i32)
    (local $h i32)
    (local.set $bytes (i32.shl (local.get $count) (i32.const 2)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $round) (local.get $rounds)))
        (local.set $seed (call $fill (local.get $bytes) (local.get $seed)))
        (local.set $h
          (call $digest
            (call $sort
              (local.get $bytes)
              (i32.and (local.get $round) (i32.sub (local.get $orders) (i32.const 1))))
            (local.get $bytes)
            (local.get $h)))
        (local.set $round (i32.add (local.get $round) (i32.const 1)))
        (br $next)))
    (local.get $h)))
