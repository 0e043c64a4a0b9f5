;; Atomic instructions, and memories that threads share.

(module $memory (memory (export "memory") 1 3 shared) (data (i32.const 0) "\11\11\11\11\11\11\11\11"))

(module $atomics
  (memory 1)
  (data (i32.const 0) "\fe\ff\ff\ff\ff\ff\ff\ff")
  (func (export "add8") (param i32) (result i32) (i32.atomic.rmw8.add_u (i32.const 0) (local.get 0)))
  (func (export "sub32") (param i64) (result i64) (i64.atomic.rmw32.sub_u (i32.const 0) (local.get 0)))
  (func (export "compare") (param i32 i32) (result i32) (i32.atomic.rmw16.cmpxchg_u (i32.const 0) (local.get 0) (local.get 1)))
  (func (export "load") (result i64) (i64.atomic.load (i32.const 0)))
  (func (export "misplaced") (result i64) (i64.atomic.load offset=4 (i32.const 8)))
  (func (export "far") (result i64) (i64.atomic.load offset=65528 (i32.const 8)))
  (func (export "fence") (atomic.fence))
  (func (export "wait") (result i32) (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 0)))
  (func (export "notify") (result i32) (memory.atomic.notify (i32.const 0) (i32.const 1))))

;; The sum leaves the byte without a carry into the next one.
(assert_return (invoke "add8" (i32.const 0x103)) (i32.const 0xfe))
(assert_return (invoke "load") (i64.const 0xffffffffffffff01))
(assert_return (invoke "sub32" (i64.const 2)) (i64.const 0xffffff01))
(assert_return (invoke "load") (i64.const 0xfffffffffffffeff))

;; What is expected is wrapped to the width of the access.
(assert_return (invoke "compare" (i32.const 0xfeff) (i32.const 1)) (i32.const 0xfeff))
(assert_return (invoke "compare" (i32.const 0x70001) (i32.const 0x12345)) (i32.const 1))
(assert_return (invoke "compare" (i32.const 0) (i32.const 0x7777)) (i32.const 0x2345))
(assert_return (invoke "load") (i64.const 0xffffffffffff2345))
(assert_trap (invoke "misplaced") "unaligned atomic")
(assert_trap (invoke "far") "out of bounds memory access")
(assert_return (invoke "fence"))
(assert_trap (invoke "wait") "expected shared memory")
(assert_return (invoke "notify") (i32.const 0))

(assert_invalid
  (module (memory 1) (func (result i32) (i32.atomic.load align=2 (i32.const 0))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory 1) (func (result i32) (i32.atomic.load align=8 (i32.const 0))))
  "atomic alignment must be natural")
(assert_invalid (module (func (result i32) (i32.atomic.load (i32.const 0)))) "unknown memory")
(assert_invalid (module (memory 1) (func (i32.atomic.store (i32.const 0) (i64.const 0)))) "type mismatch")
(assert_invalid (module (memory 1 shared)) "shared memory must have maximum")
(assert_malformed (module quote "(memory 1) (func (i32.atomic.store align=3 (i32.const 0) (i32.const 0)))") "alignment")

;; One thread writes and notifies, the other waits and reads.
(thread $reader (shared (module $memory))
  (register "m" $memory)
  (module
    (import "m" "memory" (memory 1 3 shared))
    (func (export "read") (result i32)
      (block $ready
        (loop $wait
          (br_if $ready (i32.atomic.load (i32.const 16)))
          (drop (memory.atomic.wait32 (i32.const 16) (i32.const 0) (i64.const -1)))
          (br $wait)))
      (i32.load (i32.const 131072))))
  (assert_return (invoke "read") (i32.const 77)))

(thread $writer (shared (module $memory))
  (register "m" $memory)
  (module
    (import "m" "memory" (memory 1 3 shared))
    (func (export "write") (result i32)
      (local $before i32)
      (local.set $before (memory.grow (i32.const 2)))
      (i32.store (i32.const 131072) (i32.const 77))
      (i32.atomic.store (i32.const 16) (i32.const 1))
      (drop (memory.atomic.notify (i32.const 16) (i32.const -1)))
      (local.get $before)))
  (assert_return (invoke "write") (i32.const 1))
  (assert_unlinkable (module (import "n" "memory" (memory 1 3 shared))) "unknown import"))

(wait $reader)
(wait $writer)

(register "m" $memory)
(module
  (import "m" "memory" (memory 3 3 shared))
  (func (export "size") (result i32) (memory.size))
  (func (export "first") (result i64) (i64.load (i32.const 0))))
(assert_return (invoke "size") (i32.const 3))
(assert_return (invoke "first") (i64.const 0x1111111111111111))
