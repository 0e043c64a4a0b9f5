;; Memory access in the callee
;;
;; What it does: walks over `count` bytes of pseudo-random data `rounds` times and calls a visitor through the table
;; for each. The visitor counts the byte in a histogram, which also lies in linear memory, and returns the count.
;;
;; Why it matters: the callee reads and writes memory, so that the call cannot be moved or merged, and its stores
;; might change anything in memory but not the table. An engine that confuses the two has to look the target up again
;; in every iteration.
(module
  (type $visitor (func (param i32) (result i32)))

  ;; Counters at 0, 4 bytes each; data from 1024.
  (memory (export "memory") 2 2)
  (table (export "table") 1 1 funcref)
  (elem (i32.const 0) $count)

  ;; Increments the counter of `byte` and returns its new value.
  (func $count (type $visitor) (param $byte i32) (result i32)
    (local $counter i32)
    (local $value i32)
    (local.set $counter (i32.shl (local.get $byte) (i32.const 2)))
    (local.set $value (i32.add (i32.load (local.get $counter)) (i32.const 1)))
    (i32.store (local.get $counter) (local.get $value))
    (local.get $value))

  (func $reset (param $count i32)
    (local $at i32)
    (local $seed i32)
    (memory.fill (i32.const 0) (i32.const 0) (i32.const 1024))
    (loop $next
      (local.set $seed
        (i32.add
          (i32.mul (local.get $seed) (i32.const 1664525))
          (i32.const 1013904223)))
      (i32.store8 offset=1024 (local.get $at) (i32.shr_u (local.get $seed) (i32.const 24)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $count)))))

  ;; Visits every byte once and sums up what the visitor returns.
  (func $visit-all (param $visitor i32) (param $count i32) (result i32)
    (local $at i32)
    (local $sum i32)
    (loop $next
      (local.set $sum
        (i32.add
          (i32.mul (local.get $sum) (i32.const 3))
          (call_indirect (type $visitor)
            (i32.load8_u offset=1024 (local.get $at))
            (local.get $visitor))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $count))))
    (local.get $sum))

  ;; `count` is between 1 and 65536.
  (func $main (export "main") (param $count i32) (param $rounds i32) (result i32)
    (local $sum i32)
    (call $reset (local.get $count))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $rounds)))
        (local.set $sum
          (i32.xor (local.get $sum) (call $visit-all (i32.const 0) (local.get $count))))
        (local.set $rounds (i32.sub (local.get $rounds) (i32.const 1)))
        (br $next)))
    (local.get $sum)))
