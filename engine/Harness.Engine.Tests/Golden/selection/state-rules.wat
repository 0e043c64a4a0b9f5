;; rules: ir after=end
;;
;; What the passes know of memories, globals, tables and objects: which accesses are the same, and which may not move.
(module
  (type $p (struct (field $x (mut i32)) (field $y (mut i32)) (field $k i32)))
  (type $q (sub (struct (field $x (mut i32)))))
  (type $r (sub final $q (struct (field $x (mut i32)) (field $z (mut i32)))))
  (type $ints (array (mut i32)))
  (type $longs (array (mut i64)))
  (func $effect (import "" "effect"))
  (global $imported (import "" "g") (mut i32))
  (memory 1)
  (table $t 10 funcref)
  (global $g (mut i32) (i32.const 0))
  (global $h (mut i32) (i32.const 0))
  (global $k i32 (i32.const 5))
  ;; rule: a global that is read twice is read once
  (func $global-twice (result i32) (i32.add (global.get $g) (global.get $g)))
  ;; rule: what was assigned to a global is what is read
  (func $global-forward (param $x i32) (result i32) (global.set $g (local.get $x)) (global.get $g))
  ;; rule: an assignment to another global changes nothing
  (func $global-other (param $x i32) (result i32)
    (i32.add (global.get $g) (block (result i32) (global.set $h (local.get $x)) (global.get $g))))
  ;; rule: a call may change a global
  (func $global-call (result i32) (i32.add (global.get $g) (block (result i32) (call $effect) (global.get $g))))
  ;; rule: a call does not change a global that is constant
  (func $global-constant (result i32) (i32.add (global.get $k) (block (result i32) (call $effect) (global.get $k))))
  ;; rule: a load that is made twice is made once
  (func $load-twice (param $a i32) (result i32) (i32.add (i32.load (local.get $a)) (i32.load (local.get $a))))
  ;; rule: what was stored is what is loaded
  (func $load-forward (param $a i32) (param $x i32) (result i32) (i32.store (local.get $a) (local.get $x)) (i32.load (local.get $a)))
  ;; rule: a store of another width is not what is loaded
  (func $load-narrow (param $a i32) (param $x i32) (result i32) (i32.store8 (local.get $a) (local.get $x)) (i32.load8_u (local.get $a)))
  ;; rule: a store may change what is loaded elsewhere
  (func $load-store (param $a i32) (param $b i32) (result i32)
    (i32.add (i32.load (local.get $a)) (block (result i32) (i32.store (local.get $b) (i32.const 1)) (i32.load (local.get $a)))))
  ;; rule: a store to a memory does not change a global
  (func $store-global (param $a i32) (result i32)
    (i32.add (global.get $g) (block (result i32) (i32.store (local.get $a) (i32.const 1)) (global.get $g))))
  ;; rule: a load that nobody needs stays, since it may trap
  (func $load-unused (param $a i32) (drop (i32.load (local.get $a))))
  ;; rule: an element of a table that was stored is what is read
  (func $table-forward (param $i i32) (param $f funcref) (result funcref)
    (table.set $t (local.get $i) (local.get $f)) (table.get $t (local.get $i)))
  ;; rule: a size that is asked for twice is read once
  (func $size-twice (result i32) (i32.add (memory.size) (memory.size)))
  ;; rule: growing changes the size
  (func $size-grown (result i32) (i32.add (memory.size) (block (result i32) (drop (memory.grow (i32.const 1))) (memory.size))))
  ;; rule: a field that was assigned is what is read
  (func $field-forward (param $p (ref $p)) (param $v i32) (result i32)
    (struct.set $p $x (local.get $p) (local.get $v)) (struct.get $p $x (local.get $p)))
  ;; rule: an assignment to another field changes nothing
  (func $field-other (param $p (ref $p)) (param $v i32) (result i32)
    (i32.add (struct.get $p $x (local.get $p)) (block (result i32) (struct.set $p $y (local.get $p) (local.get $v)) (struct.get $p $x (local.get $p)))))
  ;; rule: an assignment to the same field of another object may change it
  (func $field-alias (param $p (ref $p)) (param $o (ref $p)) (param $v i32) (result i32)
    (i32.add (struct.get $p $x (local.get $p)) (block (result i32) (struct.set $p $x (local.get $o) (local.get $v)) (struct.get $p $x (local.get $p)))))
  ;; rule: a field of a subtype is the field of the supertype
  (func $field-inherited (param $q (ref $q)) (param $r (ref $r)) (param $v i32) (result i32)
    (i32.add (struct.get $q $x (local.get $q)) (block (result i32) (struct.set $r $x (local.get $r) (local.get $v)) (struct.get $q $x (local.get $q)))))
  ;; rule: an assignment to an unrelated type's field changes nothing
  (func $field-unrelated (param $p (ref $p)) (param $q (ref $q)) (param $v i32) (result i32)
    (i32.add (struct.get $p $x (local.get $p)) (block (result i32) (struct.set $q $x (local.get $q) (local.get $v)) (struct.get $p $x (local.get $p)))))
  ;; rule: a call does not change a field that is constant
  (func $field-constant (param $p (ref $p)) (result i32)
    (i32.add (struct.get $p $k (local.get $p)) (block (result i32) (call $effect) (struct.get $p $k (local.get $p)))))
  ;; rule: an element of an array of another type does not alias
  (func $element-unrelated (param $a (ref $ints)) (param $b (ref $longs)) (result i32)
    (i32.add (array.get $ints (local.get $a) (i32.const 0))
      (block (result i32) (array.set $longs (local.get $b) (i32.const 0) (i64.const 1)) (array.get $ints (local.get $a) (i32.const 0)))))
  ;; rule: an element with another index may be the same
  (func $element-index (param $a (ref $ints)) (param $i i32) (param $j i32) (result i32)
    (i32.add (array.get $ints (local.get $a) (local.get $i))
      (block (result i32) (array.set $ints (local.get $a) (local.get $j) (i32.const 1)) (array.get $ints (local.get $a) (local.get $i)))))
  ;; rule: the length of an array never changes
  (func $length-call (param $a (ref $ints)) (result i32)
    (i32.add (array.len (local.get $a)) (block (result i32) (call $effect) (array.len (local.get $a)))))
  ;; rule: the length of an array that was just made is known
  (func $length-new (param $x i32) (result i32) (array.len (array.new_fixed $ints 3 (local.get $x) (local.get $x) (local.get $x))))
  ;; rule: an object that nobody needs is not made
  (func $new-unused (param $x i32) (drop (struct.new $p (local.get $x) (local.get $x) (local.get $x))))
  ;; rule: an array that nobody needs is made, since it may be too long
  (func $new-array-unused (param $n i32) (drop (array.new_default $ints (local.get $n))))
  ;; rule: a load that does not change is made before the loop
  (func $invariant (param $p (ref $p)) (param $n i32) (result i32) (local $s i32)
    (loop $next
      (local.set $s (i32.add (local.get $s) (struct.get $p $x (local.get $p))))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $s))
  ;; rule: a field that a loop assigns is not read before it
  (func $variant (param $p (ref $p)) (param $n i32)
    (loop $next
      (struct.set $p $x (local.get $p) (i32.add (struct.get $p $x (local.get $p)) (local.get $n)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  ;; rule: a cast that was made before holds behind it
  (func $cast-known (param $q (ref null $q)) (result i32)
    (drop (ref.cast (ref $r) (local.get $q)))
    (ref.test (ref $r) (local.get $q))))

;;> == global-twice: a global that is read twice is read once
;;> at the end
;;> b0:
;;>   v0: i32 = global.get #1
;;>   v1: i32 = i32.add v0, v0
;;>   return v1

;;> == global-forward: what was assigned to a global is what is read
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   global.set #1, v0
;;>   return v0

;;> == global-other: an assignment to another global changes nothing
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = global.get #1
;;>   global.set #2, v0
;;>   v3: i32 = i32.add v1, v1
;;>   return v3

;;> == global-call: a call may change a global
;;> at the end
;;> b0:
;;>   v0: i32 = global.get #1
;;>   call @effect
;;>   v2: i32 = global.get #1
;;>   v3: i32 = i32.add v0, v2
;;>   return v3

;;> == global-constant: a call does not change a global that is constant
;;> at the end
;;> b0:
;;>   v0: i32 = global.get #3
;;>   call @effect
;;>   v2: i32 = i32.add v0, v0
;;>   return v2

;;> == load-twice: a load that is made twice is made once
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = i32.load +0, v0
;;>   v2: i32 = i32.add v1, v1
;;>   return v2

;;> == load-forward: what was stored is what is loaded
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   i32.store +0, v0, v1
;;>   return v1

;;> == load-narrow: a store of another width is not what is loaded
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   i32.store8 +0, v0, v1
;;>   v3: i32 = i32.load8_u +0, v0
;;>   return v3

;;> == load-store: a store may change what is loaded elsewhere
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.load +0, v0
;;>   v3: i32 = i32.const 1
;;>   i32.store +0, v1, v3
;;>   v5: i32 = i32.load +0, v0
;;>   v6: i32 = i32.add v2, v5
;;>   return v6

;;> == store-global: a store to a memory does not change a global
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = global.get #1
;;>   v2: i32 = i32.const 1
;;>   i32.store +0, v0, v2
;;>   v4: i32 = i32.add v1, v1
;;>   return v4

;;> == load-unused: a load that nobody needs stays, since it may trap
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = i32.load +0, v0
;;>   return

;;> == table-forward: an element of a table that was stored is what is read
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: (ref null func) = argument #1
;;>   v2: i32 = table_length #0
;;>   v3: i32 = i32.lt_u v0, v2
;;>   trap_unless TableOutOfBounds, v3
;;>   store_element #0, v0, v1
;;>   return v1

;;> == size-twice: a size that is asked for twice is read once
;;> at the end
;;> b0:
;;>   v0: i64 = memory_byte_length #0
;;>   v1: i64 = i64.const 16
;;>   v2: i64 = i64.shr_u v0, v1
;;>   v3: i32 = i32.wrap_i64 v2
;;>   v4: i32 = i32.add v3, v3
;;>   return v4

;;> == size-grown: growing changes the size
;;> at the end
;;> b0:
;;>   v0: i64 = i64.const 1
;;>   v1: i64 = memory_byte_length #0
;;>   v2: i64 = i64.const 16
;;>   v3: i64 = i64.shr_u v1, v2
;;>   v4: i32 = i32.wrap_i64 v3
;;>   v5: i64 = i64.const 0
;;>   v6: i64 = call_builtin @MemoryGrow, v5, v0
;;>   v7: i64 = memory_byte_length #0
;;>   v8: i64 = i64.shr_u v7, v2
;;>   v9: i32 = i32.wrap_i64 v8
;;>   v10: i32 = i32.add v4, v9
;;>   return v10

;;> == field-forward: a field that was assigned is what is read
;;> at the end
;;> b0:
;;>   v0: (ref type#0) = argument #0
;;>   v1: i32 = argument #1
;;>   struct.set type#0, #0, v0, v1
;;>   return v1

;;> == field-other: an assignment to another field changes nothing
;;> at the end
;;> b0:
;;>   v0: (ref type#0) = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = struct.get type#0, #0, v0
;;>   struct.set type#0, #1, v0, v1
;;>   v4: i32 = i32.add v2, v2
;;>   return v4

;;> == field-alias: an assignment to the same field of another object may change it
;;> at the end
;;> b0:
;;>   v0: (ref type#0) = argument #0
;;>   v1: (ref type#0) = argument #1
;;>   v2: i32 = argument #2
;;>   v3: i32 = struct.get type#0, #0, v0
;;>   struct.set type#0, #0, v1, v2
;;>   v5: i32 = struct.get type#0, #0, v0
;;>   v6: i32 = i32.add v3, v5
;;>   return v6

;;> == field-inherited: a field of a subtype is the field of the supertype
;;> at the end
;;> b0:
;;>   v0: (ref type#1) = argument #0
;;>   v1: (ref type#2) = argument #1
;;>   v2: i32 = argument #2
;;>   v3: i32 = struct.get type#1, #0, v0
;;>   struct.set type#2, #0, v1, v2
;;>   v5: i32 = struct.get type#1, #0, v0
;;>   v6: i32 = i32.add v3, v5
;;>   return v6

;;> == field-unrelated: an assignment to an unrelated type's field changes nothing
;;> at the end
;;> b0:
;;>   v0: (ref type#0) = argument #0
;;>   v1: (ref type#1) = argument #1
;;>   v2: i32 = argument #2
;;>   v3: i32 = struct.get type#0, #0, v0
;;>   struct.set type#1, #0, v1, v2
;;>   v5: i32 = i32.add v3, v3
;;>   return v5

;;> == field-constant: a call does not change a field that is constant
;;> at the end
;;> b0:
;;>   v0: (ref type#0) = argument #0
;;>   v1: i32 = struct.get type#0, #2, v0
;;>   call @effect
;;>   v3: i32 = i32.add v1, v1
;;>   return v3

;;> == element-unrelated: an element of an array of another type does not alias
;;> at the end
;;> b0:
;;>   v0: (ref type#3) = argument #0
;;>   v1: (ref type#4) = argument #1
;;>   v2: i32 = i32.const 0
;;>   v3: i32 = array.len v0
;;>   v4: i32 = i32.ne v3, v2
;;>   trap_unless ArrayOutOfBounds, v4
;;>   v6: i32 = array.get type#3, v0, v2
;;>   v7: i64 = i64.const 1
;;>   v8: i32 = array.len v1
;;>   v9: i32 = i32.ne v8, v2
;;>   trap_unless ArrayOutOfBounds, v9
;;>   array.set type#4, v1, v2, v7
;;>   v12: i32 = i32.add v6, v6
;;>   return v12

;;> == element-index: an element with another index may be the same
;;> at the end
;;> b0:
;;>   v0: (ref type#3) = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = argument #2
;;>   v3: i32 = array.len v0
;;>   v4: i32 = i32.lt_u v1, v3
;;>   trap_unless ArrayOutOfBounds, v4
;;>   v6: i32 = array.get type#3, v0, v1
;;>   v7: i32 = i32.const 1
;;>   v8: i32 = i32.lt_u v2, v3
;;>   trap_unless ArrayOutOfBounds, v8
;;>   array.set type#3, v0, v2, v7
;;>   v11: i32 = array.get type#3, v0, v1
;;>   v12: i32 = i32.add v6, v11
;;>   return v12

;;> == length-call: the length of an array never changes
;;> at the end
;;> b0:
;;>   v0: (ref type#3) = argument #0
;;>   v1: i32 = array.len v0
;;>   call @effect
;;>   v3: i32 = i32.add v1, v1
;;>   return v3

;;> == length-new: the length of an array that was just made is known
;;> at the end
;;> b0:
;;>   v0: i32 = i32.const 3
;;>   v1: i32 = argument #0
;;>   return v0

;;> == new-unused: an object that nobody needs is not made
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   return

;;> == new-array-unused: an array that nobody needs is made, since it may be too long
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = i32.const 0
;;>   v2: (ref type#3) = new_array type#3, v1, v0
;;>   return

;;> == invariant: a load that does not change is made before the loop
;;> at the end
;;> b0:
;;>   v0: i32 = i32.const -2
;;>   v1: i32 = i32.const -3
;;>   v2: i32 = i32.const -4
;;>   v3: i32 = i32.const -1
;;>   v4: (ref type#0) = argument #0
;;>   v5: i32 = argument #1
;;>   loop_stack_check
;;>   v7: i32 = struct.get type#0, #0, v4
;;>   v8: i32 = i32.add v5, v3
;;>   branch v8, b1(v8, v7), b5(v7)
;;> b1(v9: i32, v10: i32):  ; loop
;;>   loop_stack_check
;;>   v12: i32 = i32.add v10, v7
;;>   v13: i32 = i32.add v9, v3
;;>   branch v13, b2, b5(v12)
;;> b2:
;;>   v14: i32 = i32.add v12, v7
;;>   v15: i32 = i32.add v9, v0
;;>   branch v15, b3, b5(v14)
;;> b3:
;;>   v16: i32 = i32.add v14, v7
;;>   v17: i32 = i32.add v9, v1
;;>   branch v17, b4, b5(v16)
;;> b4:
;;>   v18: i32 = i32.add v16, v7
;;>   v19: i32 = i32.add v9, v2
;;>   branch v19, b1(v19, v18), b5(v18)
;;> b5(v20: i32):
;;>   return v20

;;> == variant: a field that a loop assigns is not read before it
;;> at the end
;;> b0:
;;>   v0: i32 = i32.const -2
;;>   v1: i32 = i32.const -3
;;>   v2: i32 = i32.const -4
;;>   v3: i32 = i32.const -1
;;>   v4: (ref type#0) = argument #0
;;>   v5: i32 = argument #1
;;>   loop_stack_check
;;>   v7: i32 = struct.get type#0, #0, v4
;;>   v8: i32 = i32.add v7, v5
;;>   struct.set type#0, #0, v4, v8
;;>   v10: i32 = i32.add v5, v3
;;>   branch v10, b1(v10), b5
;;> b1(v11: i32):  ; loop
;;>   loop_stack_check
;;>   v13: i32 = struct.get type#0, #0, v4
;;>   v14: i32 = i32.add v13, v11
;;>   struct.set type#0, #0, v4, v14
;;>   v16: i32 = i32.add v11, v3
;;>   branch v16, b2, b5
;;> b2:
;;>   v17: i32 = struct.get type#0, #0, v4
;;>   v18: i32 = i32.add v17, v16
;;>   struct.set type#0, #0, v4, v18
;;>   v20: i32 = i32.add v11, v0
;;>   branch v20, b3, b5
;;> b3:
;;>   v21: i32 = struct.get type#0, #0, v4
;;>   v22: i32 = i32.add v21, v20
;;>   struct.set type#0, #0, v4, v22
;;>   v24: i32 = i32.add v11, v1
;;>   branch v24, b4, b5
;;> b4:
;;>   v25: i32 = struct.get type#0, #0, v4
;;>   v26: i32 = i32.add v25, v24
;;>   struct.set type#0, #0, v4, v26
;;>   v28: i32 = i32.add v11, v2
;;>   branch v28, b1(v28), b5
;;> b5:
;;>   return

;;> == cast-known: a cast that was made before holds behind it
;;> at the end
;;> b0:
;;>   v0: i32 = i32.const 1
;;>   v1: (ref null type#1) = argument #0
;;>   v2: (ref type#2) = ref_cast v1
;;>   return v0
