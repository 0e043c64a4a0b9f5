;; test: ir function=signed passes=fold,gvn,range-check-elimination,dce
;; test: ir function=different after=end pass.unroll=off
;; test: ir function=down passes=fold,gvn,range-check-elimination,dce
;; test: ir function=masked passes=constant-fields,fold,gvn,range-check-elimination,dce
;; test: ir function=other passes=fold,gvn,range-check-elimination,dce
;; test: ir function=neighbours passes=fold,gvn,range-check-elimination,dce
;; test: ir function=compared passes=fold,gvn,range-check-elimination,dce
;; test: ir function=wrapping passes=fold,gvn,range-check-elimination,dce
;;
;; A counter that begins at 0 and is compared with the length needs no bounds check, however it is compared; one that is compared with
;; something else does. An element before one that was checked is in bounds if the index is not negative,
;; as one is that was compared with a length.
(module
  (type $numbers (array (mut i32)))
  (func $signed (param $a (ref $numbers)) (result i32) (local $i i32) (local $sum i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_s (local.get $i) (array.len (local.get $a))))
        (local.set $sum (i32.add (local.get $sum) (array.get $numbers (local.get $a) (local.get $i))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (local.get $sum))
  (func $different (param $a (ref $numbers)) (result i32) (local $i i32) (local $sum i32)
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $i) (array.len (local.get $a))))
        (local.set $sum (i32.add (local.get $sum) (array.get $numbers (local.get $a) (local.get $i))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (local.get $sum))
  (func $down (param $a (ref $numbers)) (result i32) (local $i i32) (local $sum i32)
    (local.set $i (array.len (local.get $a)))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $i)))
        (local.set $i (i32.sub (local.get $i) (i32.const 1)))
        (local.set $sum (i32.add (local.get $sum) (array.get $numbers (local.get $a) (local.get $i))))
        (br $next)))
    (local.get $sum))
  (func $masked (param $i i32) (result i32) (local $a (ref $numbers))
    (local.set $a (array.new_default $numbers (i32.const 8)))
    (i32.add
      (array.get $numbers (local.get $a) (i32.and (local.get $i) (i32.const 7)))
      (array.get $numbers (local.get $a) (i32.and (local.get $i) (i32.const 15)))))
  (func $other (param $a (ref $numbers)) (param $n i32) (result i32) (local $i i32) (local $sum i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_s (local.get $i) (local.get $n)))
        (local.set $sum (i32.add (local.get $sum) (array.get $numbers (local.get $a) (local.get $i))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (local.get $sum))
  (func $neighbours (param $a (ref $numbers)) (param $x i32) (result i32) (local $i i32)
    (local.set $i (i32.shr_u (local.get $x) (i32.const 1)))
    (array.get $numbers (local.get $a) (i32.add (local.get $i) (i32.const 2)))
    (array.get $numbers (local.get $a) (i32.add (local.get $i) (i32.const 1)))
    (array.get $numbers (local.get $a) (local.get $i))
    (i32.add) (i32.add))
  (func $compared (param $a (ref $numbers)) (param $b (ref $numbers)) (param $i i32) (result i32)
    (array.get $numbers (local.get $b) (local.get $i))
    (array.get $numbers (local.get $a) (i32.add (local.get $i) (i32.const 1)))
    (array.get $numbers (local.get $a) (local.get $i))
    (i32.add) (i32.add))
  (func $wrapping (param $a (ref $numbers)) (param $i i32) (result i32)
    (i32.add
      (array.get $numbers (local.get $a) (i32.add (local.get $i) (i32.const 1)))
      (array.get $numbers (local.get $a) (local.get $i)))))

;;> == ir function=signed passes=fold,gvn,range-check-elimination,dce
;;> before
;;> b0:
;;>   v0: (ref type#0) = argument #0
;;>   v1: i32 = i32.const 0
;;>   v2: i32 = i32.const 1
;;>   jump b1(v1, v1)
;;> b1(v3: i32, v4: i32):  ; loop
;;>   loop_stack_check
;;>   v6: i32 = array.len v0
;;>   v7: i32 = i32.ge_s v3, v6
;;>   branch v7, b2, b3
;;> b2:
;;>   return v4
;;> b3:
;;>   v8: i32 = array.len v0
;;>   v9: i32 = i32.lt_u v3, v8
;;>   trap_unless ArrayOutOfBounds, v9
;;>   v11: i32 = array.get type#0, v0, v3
;;>   v12: i32 = i32.add v4, v11
;;>   v13: i32 = i32.add v3, v2
;;>   jump b1(v13, v12)
;;> after
;;> b0:
;;>   v0: (ref type#0) = argument #0
;;>   v1: i32 = i32.const 0
;;>   v2: i32 = i32.const 1
;;>   jump b1(v1, v1)
;;> b1(v3: i32, v4: i32):  ; loop
;;>   loop_stack_check
;;>   v6: i32 = array.len v0
;;>   v7: i32 = i32.ge_s v3, v6
;;>   branch v7, b2, b3
;;> b2:
;;>   return v4
;;> b3:
;;>   v8: i32 = array.get type#0, v0, v3
;;>   v9: i32 = i32.add v4, v8
;;>   v10: i32 = i32.add v3, v2
;;>   jump b1(v10, v9)

;;> == ir function=different after=end pass.unroll=off
;;> at the end
;;> b0:
;;>   v0: (ref type#0) = argument #0
;;>   v1: i32 = i32.const 0
;;>   v2: i32 = i32.const 1
;;>   v3: i32 = array.len v0
;;>   loop_stack_check
;;>   branch v3, b1(v1, v1), b2(v1)
;;> b1(v5: i32, v6: i32):  ; loop
;;>   v7: i32 = array.get type#0, v0, v5
;;>   v8: i32 = i32.add v6, v7
;;>   v9: i32 = i32.add v5, v2
;;>   loop_stack_check
;;>   v11: i32 = i32.eq v9, v3
;;>   branch v11, b2(v8), b1(v9, v8)
;;> b2(v12: i32):
;;>   return v12

;;> == ir function=down passes=fold,gvn,range-check-elimination,dce
;;> before
;;> b0:
;;>   v0: (ref type#0) = argument #0
;;>   v1: i32 = i32.const 0
;;>   v2: i32 = array.len v0
;;>   v3: i32 = i32.const 1
;;>   jump b1(v2, v1)
;;> b1(v4: i32, v5: i32):  ; loop
;;>   loop_stack_check
;;>   v7: i32 = i32.eqz v4
;;>   branch v7, b2, b3
;;> b2:
;;>   return v5
;;> b3:
;;>   v8: i32 = i32.sub v4, v3
;;>   v9: i32 = array.len v0
;;>   v10: i32 = i32.lt_u v8, v9
;;>   trap_unless ArrayOutOfBounds, v10
;;>   v12: i32 = array.get type#0, v0, v8
;;>   v13: i32 = i32.add v5, v12
;;>   jump b1(v8, v13)
;;> after
;;> b0:
;;>   v0: i32 = i32.const -1
;;>   v1: (ref type#0) = argument #0
;;>   v2: i32 = i32.const 0
;;>   v3: i32 = array.len v1
;;>   jump b1(v3, v2)
;;> b1(v4: i32, v5: i32):  ; loop
;;>   loop_stack_check
;;>   v7: i32 = i32.eqz v4
;;>   branch v7, b2, b3
;;> b2:
;;>   return v5
;;> b3:
;;>   v8: i32 = i32.add v4, v0
;;>   v9: i32 = array.get type#0, v1, v8
;;>   v10: i32 = i32.add v5, v9
;;>   jump b1(v8, v10)

;;> == ir function=masked passes=constant-fields,fold,gvn,range-check-elimination,dce
;;> before
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: (ref null bot) = ref.null
;;>   v2: i32 = i32.const 8
;;>   v3: i32 = i32.const 0
;;>   v4: (ref type#0) = new_array type#0, v3, v2
;;>   v5: i32 = i32.const 7
;;>   v6: i32 = i32.and v0, v5
;;>   v7: i32 = array.len v4
;;>   v8: i32 = i32.lt_u v6, v7
;;>   trap_unless ArrayOutOfBounds, v8
;;>   v10: i32 = array.get type#0, v4, v6
;;>   v11: i32 = i32.const 15
;;>   v12: i32 = i32.and v0, v11
;;>   v13: i32 = array.len v4
;;>   v14: i32 = i32.lt_u v12, v13
;;>   trap_unless ArrayOutOfBounds, v14
;;>   v16: i32 = array.get type#0, v4, v12
;;>   v17: i32 = i32.add v10, v16
;;>   return v17
;;> after
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = i32.const 8
;;>   v2: i32 = i32.const 0
;;>   v3: (ref type#0) = new_array type#0, v2, v1
;;>   v4: i32 = i32.const 7
;;>   v5: i32 = i32.and v0, v4
;;>   v6: i32 = array.get type#0, v3, v5
;;>   v7: i32 = i32.const 15
;;>   v8: i32 = i32.and v0, v7
;;>   v9: i32 = i32.lt_u v8, v1
;;>   trap_unless ArrayOutOfBounds, v9
;;>   v11: i32 = array.get type#0, v3, v8
;;>   v12: i32 = i32.add v6, v11
;;>   return v12

;;> == ir function=other passes=fold,gvn,range-check-elimination,dce
;;> before
;;> b0:
;;>   v0: (ref type#0) = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 0
;;>   v3: i32 = i32.const 1
;;>   jump b1(v2, v2)
;;> b1(v4: i32, v5: i32):  ; loop
;;>   loop_stack_check
;;>   v7: i32 = i32.ge_s v4, v1
;;>   branch v7, b2, b3
;;> b2:
;;>   return v5
;;> b3:
;;>   v8: i32 = array.len v0
;;>   v9: i32 = i32.lt_u v4, v8
;;>   trap_unless ArrayOutOfBounds, v9
;;>   v11: i32 = array.get type#0, v0, v4
;;>   v12: i32 = i32.add v5, v11
;;>   v13: i32 = i32.add v4, v3
;;>   jump b1(v13, v12)
;;> after
;;> b0:
;;>   v0: (ref type#0) = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 0
;;>   v3: i32 = i32.const 1
;;>   jump b1(v2, v2)
;;> b1(v4: i32, v5: i32):  ; loop
;;>   loop_stack_check
;;>   v7: i32 = i32.ge_s v4, v1
;;>   branch v7, b2, b3
;;> b2:
;;>   return v5
;;> b3:
;;>   v8: i32 = array.len v0
;;>   v9: i32 = i32.lt_u v4, v8
;;>   trap_unless ArrayOutOfBounds, v9
;;>   v11: i32 = array.get type#0, v0, v4
;;>   v12: i32 = i32.add v5, v11
;;>   v13: i32 = i32.add v4, v3
;;>   jump b1(v13, v12)

;;> == ir function=neighbours passes=fold,gvn,range-check-elimination,dce
;;> before
;;> b0:
;;>   v0: (ref type#0) = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 0
;;>   v3: i32 = i32.const 1
;;>   v4: i32 = i32.shr_u v1, v3
;;>   v5: i32 = i32.const 2
;;>   v6: i32 = i32.add v4, v5
;;>   v7: i32 = array.len v0
;;>   v8: i32 = i32.lt_u v6, v7
;;>   trap_unless ArrayOutOfBounds, v8
;;>   v10: i32 = array.get type#0, v0, v6
;;>   v11: i32 = i32.add v4, v3
;;>   v12: i32 = array.len v0
;;>   v13: i32 = i32.lt_u v11, v12
;;>   trap_unless ArrayOutOfBounds, v13
;;>   v15: i32 = array.get type#0, v0, v11
;;>   v16: i32 = array.len v0
;;>   v17: i32 = i32.lt_u v4, v16
;;>   trap_unless ArrayOutOfBounds, v17
;;>   v19: i32 = array.get type#0, v0, v4
;;>   v20: i32 = i32.add v15, v19
;;>   v21: i32 = i32.add v10, v20
;;>   return v21
;;> after
;;> b0:
;;>   v0: (ref type#0) = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 1
;;>   v3: i32 = i32.shr_u v1, v2
;;>   v4: i32 = i32.const 2
;;>   v5: i32 = i32.add v3, v4
;;>   v6: i32 = array.len v0
;;>   v7: i32 = i32.lt_u v5, v6
;;>   trap_unless ArrayOutOfBounds, v7
;;>   v9: i32 = array.get type#0, v0, v5
;;>   v10: i32 = i32.add v3, v2
;;>   v11: i32 = array.get type#0, v0, v10
;;>   v12: i32 = array.get type#0, v0, v3
;;>   v13: i32 = i32.add v11, v12
;;>   v14: i32 = i32.add v9, v13
;;>   return v14

;;> == ir function=compared passes=fold,gvn,range-check-elimination,dce
;;> before
;;> b0:
;;>   v0: (ref type#0) = argument #0
;;>   v1: (ref type#0) = argument #1
;;>   v2: i32 = argument #2
;;>   v3: i32 = array.len v1
;;>   v4: i32 = i32.lt_u v2, v3
;;>   trap_unless ArrayOutOfBounds, v4
;;>   v6: i32 = array.get type#0, v1, v2
;;>   v7: i32 = i32.const 1
;;>   v8: i32 = i32.add v2, v7
;;>   v9: i32 = array.len v0
;;>   v10: i32 = i32.lt_u v8, v9
;;>   trap_unless ArrayOutOfBounds, v10
;;>   v12: i32 = array.get type#0, v0, v8
;;>   v13: i32 = array.len v0
;;>   v14: i32 = i32.lt_u v2, v13
;;>   trap_unless ArrayOutOfBounds, v14
;;>   v16: i32 = array.get type#0, v0, v2
;;>   v17: i32 = i32.add v12, v16
;;>   v18: i32 = i32.add v6, v17
;;>   return v18
;;> after
;;> b0:
;;>   v0: (ref type#0) = argument #0
;;>   v1: (ref type#0) = argument #1
;;>   v2: i32 = argument #2
;;>   v3: i32 = array.len v1
;;>   v4: i32 = i32.lt_u v2, v3
;;>   trap_unless ArrayOutOfBounds, v4
;;>   v6: i32 = array.get type#0, v1, v2
;;>   v7: i32 = i32.const 1
;;>   v8: i32 = i32.add v2, v7
;;>   v9: i32 = array.len v0
;;>   v10: i32 = i32.lt_u v8, v9
;;>   trap_unless ArrayOutOfBounds, v10
;;>   v12: i32 = array.get type#0, v0, v8
;;>   v13: i32 = array.get type#0, v0, v2
;;>   v14: i32 = i32.add v12, v13
;;>   v15: i32 = i32.add v6, v14
;;>   return v15

;;> == ir function=wrapping passes=fold,gvn,range-check-elimination,dce
;;> before
;;> b0:
;;>   v0: (ref type#0) = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 1
;;>   v3: i32 = i32.add v1, v2
;;>   v4: i32 = array.len v0
;;>   v5: i32 = i32.lt_u v3, v4
;;>   trap_unless ArrayOutOfBounds, v5
;;>   v7: i32 = array.get type#0, v0, v3
;;>   v8: i32 = array.len v0
;;>   v9: i32 = i32.lt_u v1, v8
;;>   trap_unless ArrayOutOfBounds, v9
;;>   v11: i32 = array.get type#0, v0, v1
;;>   v12: i32 = i32.add v7, v11
;;>   return v12
;;> after
;;> b0:
;;>   v0: (ref type#0) = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 1
;;>   v3: i32 = i32.add v1, v2
;;>   v4: i32 = array.len v0
;;>   v5: i32 = i32.lt_u v3, v4
;;>   trap_unless ArrayOutOfBounds, v5
;;>   v7: i32 = array.get type#0, v0, v3
;;>   v8: i32 = i32.lt_u v1, v4
;;>   trap_unless ArrayOutOfBounds, v8
;;>   v10: i32 = array.get type#0, v0, v1
;;>   v11: i32 = i32.add v7, v10
;;>   return v11
