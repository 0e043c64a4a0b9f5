;; Modules that share functions, tables, memories and globals; and those that cannot be linked.

(module $counter
  (global $n (export "n") (mut i32) (i32.const 0))
  (table (export "hooks") 2 funcref)
  (memory (export "m") 1 2)
  (type $hook (func (result i32)))
  (func (export "next") (result i32)
    (global.set $n (i32.add (global.get $n) (i32.const 1)))
    (global.get $n))
  (func (export "run-hook") (param i32) (result i32) (call_indirect (type $hook) (local.get 0)))
)
(register "counter" $counter)

(module $user
  (import "counter" "next" (func $next (result i32)))
  (import "counter" "n" (global $n (mut i32)))
  (import "counter" "hooks" (table 1 funcref))
  (import "counter" "m" (memory 1))
  (import "spectest" "print_i32" (func $print (param i32)))
  (import "spectest" "global_i64" (global $fixed i64))
  (elem (i32.const 1) $hook)
  (data (i32.const 0) "\2a")
  (func $hook (result i32) (i32.add (call $next) (i32.const 1000)))
  (func (export "reset") (global.set $n (i32.const 0)))
  (func (export "twice") (result i32) (drop (call $next)) (call $print (i32.const 1)) (call $next))
  (func (export "fixed") (result i64) (global.get $fixed))
)

(assert_return (invoke $counter "next") (i32.const 1))
(assert_return (invoke "twice") (i32.const 3))
(assert_return (get $counter "n") (i32.const 3))
(assert_return (invoke $counter "run-hook" (i32.const 1)) (i32.const 1004))
(assert_trap (invoke $counter "run-hook" (i32.const 0)) "uninitialized element")
(invoke $user "reset")
(assert_return (invoke $counter "next") (i32.const 1))
(assert_return (invoke "fixed") (i64.const 666))

(assert_unlinkable (module (import "counter" "missing" (func))) "unknown import")
(assert_unlinkable (module (import "counter" "next" (func (param i32)))) "incompatible import type")
(assert_unlinkable (module (import "counter" "n" (global i32))) "incompatible import type")
(assert_unlinkable (module (import "counter" "m" (memory 2))) "incompatible import type")
(assert_unlinkable (module (import "counter" "hooks" (memory 1))) "incompatible import type")

;; What was written before an instantiation trapped stays.
(assert_trap
  (module
    (import "counter" "m" (memory 1))
    (data (i32.const 1) "\07")
    (data (i32.const 65536) "\07"))
  "out of bounds memory access")
(assert_trap (module (func $f (unreachable)) (start $f)) "unreachable")
(module
  (import "counter" "m" (memory 1))
  (func (export "peek") (param i32) (result i32) (i32.load8_u (local.get 0))))
(assert_return (invoke "peek" (i32.const 0)) (i32.const 42))
(assert_return (invoke "peek" (i32.const 1)) (i32.const 7))

;; Each instance of a module has its own state.
(module definition $cell
  (global $g (mut i32) (i32.const 5))
  (func (export "add") (param i32) (result i32)
    (global.set $g (i32.add (global.get $g) (local.get 0)))
    (global.get $g)))
(module instance $a $cell)
(module instance $b $cell)
(assert_return (invoke $a "add" (i32.const 1)) (i32.const 6))
(assert_return (invoke $a "add" (i32.const 1)) (i32.const 7))
(assert_return (invoke $b "add" (i32.const 10)) (i32.const 15))

(assert_malformed (module quote "(func (result i32) (i32.cost 1))") "unknown operator")
(assert_malformed (module binary "\00asm\02\00\00\00") "unknown binary version")
(assert_invalid (module (func (result i32) (i64.const 1))) "type mismatch")
