;; A bytecode interpreter with a table of handlers
;;
;; What it does: interprets a small program for an accumulator machine, `runs` times. Eight opcodes; each handler is a
;; function that takes the address of its instruction and returns the address of the next one. An instruction is 8
;; bytes: the handler's table index and an operand. The machine's registers are globals.
;;
;; Why it matters: a single megamorphic site with eight targets, the hardest case for feedback per call site: nothing
;; is inlined by default. It shows what speculation costs when it has nothing to offer.
(module
  (type $handler (func (param i32) (result i32)))

  (memory (export "memory") 1 1)
  (table (export "table") 8 8 funcref)
  (elem (i32.const 0) $halt $load $add $mul $xor $shift $decrement $jump-unless-zero)

  (global $acc (mut i32) (i32.const 0))
  (global $counter (mut i32) (i32.const 0))

  ;; load 1; counter is set from outside; 8: add 12345; xor 0x5bd1; mul 31; shift 3; add 7; decrement; jump 8; halt
  (data (i32.const 0)
    "\01\00\00\00\01\00\00\00"
    "\02\00\00\00\39\30\00\00"
    "\04\00\00\00\d1\5b\00\00"
    "\03\00\00\00\1f\00\00\00"
    "\05\00\00\00\03\00\00\00"
    "\02\00\00\00\07\00\00\00"
    "\06\00\00\00\00\00\00\00"
    "\07\00\00\00\08\00\00\00"
    "\00\00\00\00\00\00\00\00")

  (func $operand (param $at i32) (result i32)
    (i32.load offset=4 (local.get $at)))

  (func $after (param $at i32) (result i32)
    (i32.add (local.get $at) (i32.const 8)))

  (func $halt (type $handler) (param $at i32) (result i32)
    (i32.const -1))

  (func $load (type $handler) (param $at i32) (result i32)
    (global.set $acc (call $operand (local.get $at)))
    (call $after (local.get $at)))

  (func $add (type $handler) (param $at i32) (result i32)
    (global.set $acc (i32.add (global.get $acc) (call $operand (local.get $at))))
    (call $after (local.get $at)))

  (func $mul (type $handler) (param $at i32) (result i32)
    (global.set $acc (i32.mul (global.get $acc) (call $operand (local.get $at))))
    (call $after (local.get $at)))

  (func $xor (type $handler) (param $at i32) (result i32)
    (global.set $acc (i32.xor (global.get $acc) (call $operand (local.get $at))))
    (call $after (local.get $at)))

  ;; acc ^= acc >> operand
  (func $shift (type $handler) (param $at i32) (result i32)
    (global.set $acc
      (i32.xor
        (global.get $acc)
        (i32.shr_u (global.get $acc) (call $operand (local.get $at)))))
    (call $after (local.get $at)))

  (func $decrement (type $handler) (param $at i32) (result i32)
    (global.set $counter (i32.sub (global.get $counter) (i32.const 1)))
    (call $after (local.get $at)))

  (func $jump-unless-zero (type $handler) (param $at i32) (result i32)
    (select
      (call $operand (local.get $at))
      (call $after (local.get $at))
      (global.get $counter)))

  ;; Interprets from address 0 to the halt, `loops` times around the program's loop.
  (func $interpret (param $loops i32) (result i32)
    (local $at i32)
    (global.set $counter (local.get $loops))
    (loop $next
      (local.set $at (call_indirect (type $handler) (local.get $at) (i32.load (local.get $at))))
      (br_if $next (i32.ge_s (local.get $at) (i32.const 0))))
    (global.get $acc))

  ;; `loops` is at least 1.
  (func $main (export "main") (param $runs i32) (param $loops i32) (result i32)
    (local $sum i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $runs)))
        (local.set $sum (i32.xor (local.get $sum) (call $interpret (i32.add (local.get $loops) (local.get $runs)))))
        (local.set $runs (i32.sub (local.get $runs) (i32.const 1)))
        (br $next)))
    (local.get $sum)))
