;; Sorting objects by a comparison closure
;;
;; What it does: sort.wat's merge sort on a list of objects: makes `count` objects with pseudo-random keys and sorts them
;; stably by a comparison closure, `rounds` times; with `orders` = 2 by turns by key and by the key's number of ones.
;;
;; Why it matters: the standard library's sort is one function for the whole program, its comparison takes objects of any
;; class and casts them, and each move of an element is a store of a reference into an array.
(module
  (rec
    (type $object (sub (struct (field $class i32) (field $hash (mut i32)))))
    (type $item (sub final $object (struct (field $class i32) (field $hash (mut i32)) (field $key i32))))
    (type $objects (array (mut (ref null $object))))
    (type $closure (sub final $object (struct (field $class i32) (field $hash (mut i32))
      (field $context (ref null struct)) (field $entries (ref $entries)))))
    (type $entries (sub (struct (field $binary (ref $binary)))))
    (type $binary (func (param (ref null struct)) (param (ref null $object)) (param (ref null $object)) (result i32))))

  (global $by-key.entries (ref $entries) (struct.new $entries (ref.func $by-key)))
  (global $by-ones.entries (ref $entries) (struct.new $entries (ref.func $by-ones)))
  (global $seed (mut i32) (i32.const 0))

  (func $key (param $object (ref null $object)) (result i32)
    (struct.get $item $key (ref.cast (ref $item) (local.get $object))))

  ;; Comparisons give a number below, equal to or above 0.
  (func $by-key (type $binary) (param $context (ref null struct))
    (param $a (ref null $object)) (param $b (ref null $object)) (result i32)
    (i32.sub
      (i32.gt_s (call $key (local.get $a)) (call $key (local.get $b)))
      (i32.lt_s (call $key (local.get $a)) (call $key (local.get $b)))))

  (func $by-ones (type $binary) (param $context (ref null struct))
    (param $a (ref null $object)) (param $b (ref null $object)) (result i32)
    (i32.sub (i32.popcnt (call $key (local.get $a))) (i32.popcnt (call $key (local.get $b)))))

  ;; Merges from[start..middle) and from[middle..end) into to[start..end).
  (func $merge (param $from (ref $objects)) (param $to (ref $objects))
    (param $start i32) (param $middle i32) (param $end i32) (param $compare (ref $closure))
    (local $left i32)
    (local $right i32)
    (local $out i32)
    (local.set $left (local.get $start))
    (local.set $right (local.get $middle))
    (local.set $out (local.get $start))
    (block $done
      (loop $next
        (br_if $done (i32.ge_s (local.get $left) (local.get $middle)))
        (br_if $done (i32.ge_s (local.get $right) (local.get $end)))
        (if (i32.le_s
              (call_ref $binary
                (struct.get $closure $context (local.get $compare))
                (array.get $objects (local.get $from) (local.get $left))
                (array.get $objects (local.get $from) (local.get $right))
                (struct.get $entries $binary (struct.get $closure $entries (local.get $compare))))
              (i32.const 0))
          (then
            (array.set $objects (local.get $to) (local.get $out)
              (array.get $objects (local.get $from) (local.get $left)))
            (local.set $left (i32.add (local.get $left) (i32.const 1))))
          (else
            (array.set $objects (local.get $to) (local.get $out)
              (array.get $objects (local.get $from) (local.get $right)))
            (local.set $right (i32.add (local.get $right) (i32.const 1)))))
        (local.set $out (i32.add (local.get $out) (i32.const 1)))
        (br $next)))
    (array.copy $objects $objects
      (local.get $to) (local.get $out)
      (local.get $from) (local.get $left)
      (i32.sub (local.get $middle) (local.get $left)))
    (array.copy $objects $objects
      (local.get $to) (i32.add (local.get $out) (i32.sub (local.get $middle) (local.get $left)))
      (local.get $from) (local.get $right)
      (i32.sub (local.get $end) (local.get $right))))

  (func $minimum (param $a i32) (param $b i32) (result i32)
    (select (local.get $a) (local.get $b) (i32.lt_s (local.get $a) (local.get $b))))

  ;; A stable bottom-up merge sort; returns the sorted array, one of two that it uses by turns.
  (func $sort (param $from (ref $objects)) (param $compare (ref $closure)) (result (ref $objects))
    (local $to (ref $objects))
    (local $swap (ref $objects))
    (local $count i32)
    (local $run i32)
    (local $start i32)
    (local $middle i32)
    (local.set $count (array.len (local.get $from)))
    (local.set $to (array.new_default $objects (local.get $count)))
    (local.set $run (i32.const 1))
    (block $sorted
      (loop $passes
        (br_if $sorted (i32.ge_s (local.get $run) (local.get $count)))
        (local.set $start (i32.const 0))
        (block $end
          (loop $runs
            (br_if $end (i32.ge_s (local.get $start) (local.get $count)))
            (local.set $middle
              (call $minimum (i32.add (local.get $start) (local.get $run)) (local.get $count)))
            (call $merge (local.get $from) (local.get $to)
              (local.get $start)
              (local.get $middle)
              (call $minimum (i32.add (local.get $middle) (local.get $run)) (local.get $count))
              (local.get $compare))
            (local.set $start (i32.add (local.get $start) (i32.shl (local.get $run) (i32.const 1))))
            (br $runs)))
        (local.set $swap (local.get $from))
        (local.set $from (local.get $to))
        (local.set $to (local.get $swap))
        (local.set $run (i32.shl (local.get $run) (i32.const 1)))
        (br $passes)))
    (local.get $from))

  (func $create (param $count i32) (result (ref $objects))
    (local $items (ref $objects))
    (local $index i32)
    (local.set $items (array.new_default $objects (local.get $count)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $index) (local.get $count)))
        (global.set $seed
          (i32.add
            (i32.mul (global.get $seed) (i32.const 1664525))
            (i32.const 1013904223)))
        (array.set $objects (local.get $items) (local.get $index)
          (struct.new $item (i32.const 0) (i32.const 0) (global.get $seed)))
        (local.set $index (i32.add (local.get $index) (i32.const 1)))
        (br $next)))
    (local.get $items))

  (func $digest (param $items (ref $objects)) (param $digest i32) (result i32)
    (local $index i32)
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $index) (array.len (local.get $items))))
        (local.set $digest
          (i32.add
            (i32.mul (local.get $digest) (i32.const 31))
            (call $key (array.get $objects (local.get $items) (local.get $index)))))
        (local.set $index (i32.add (local.get $index) (i32.const 1)))
        (br $next)))
    (local.get $digest))

  (func $main (export "main") (param $count i32) (param $rounds i32) (param $orders i32) (result i32)
    (local $round i32)
    (local $digest i32)
    (global.set $seed (i32.const 0))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $round) (local.get $rounds)))
        (local.set $digest
          (call $digest
            (call $sort
              (call $create (local.get $count))
              (struct.new $closure (i32.const 1) (i32.const 0)
                (ref.null struct)
                (select (result (ref $entries))
                  (global.get $by-ones.entries)
                  (global.get $by-key.entries)
                  (i32.rem_u (local.get $round) (local.get $orders)))))
            (local.get $digest)))
        (local.set $round (i32.add (local.get $round) (i32.const 1)))
        (br $next)))
    (local.get $digest)))
