;; test: ir function=main passes=licm
;; test: ir function=main passes=licm deopt=off
;; feedback: main@0 -> $inlinee:1000000
;;
;; The product moves before the loop. With deopts the check of the index and the guard move as well, with the state of the loop's
;; entry, though the loop stores to memory before it comes to them; without deopts they stay.
(module
  (type $unary (func (param i32) (result i32)))
  (memory 1)
  (table $t 4 (ref null $unary))
  (func $inlinee (type $unary) (i32.add (local.get 0) (i32.const 37)))
  (func $main (param $n i32) (param $slot i32) (result i32) (local $sum i32)
    (loop $next
      (i32.store (local.get $n) (i32.mul (local.get $slot) (local.get $slot)))
      (local.set $sum (i32.add (local.get $sum) (call_indirect $t (type $unary) (local.get $n) (local.get $slot))))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))

;;> == ir function=main passes=licm
;;> before
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 0
;;>   v3: (ref type#0) = function_address @inlinee
;;>   v4: i32 = i32.const 37
;;>   v5: i32 = i32.const 1
;;>   jump b1(v0, v2)
;;> b1(v6: i32, v7: i32):  ; loop
;;>   loop_stack_check
;;>   v9: i32 = i32.mul v1, v1
;;>   i32.store +0, v6, v9
;;>   v11: i32 = table_length #0
;;>   v12: i32 = i32.lt_u v1, v11
;;>   trap_unless UndefinedElement, v12
;;>   v14: (ref null type#0) = load_element #0, v1
;;>   v15: i32 = reference_equal v14, v3
;;>   guard v15  ; main BeforeInstruction +21 [v6, v1, v2, v7, v6, v1]
;;>   v17: i32 = i32.add v6, v4
;;>   v18: i32 = i32.add v7, v17
;;>   v19: i32 = i32.sub v6, v5
;;>   branch v19, b1(v19, v18), b2
;;> b2:
;;>   return v18
;;> after
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 0
;;>   v3: (ref type#0) = function_address @inlinee
;;>   v4: i32 = i32.const 37
;;>   v5: i32 = i32.const 1
;;>   v6: i32 = i32.mul v1, v1
;;>   v7: i32 = table_length #0
;;>   v8: i32 = i32.lt_u v1, v7
;;>   guard v8  ; main LoopEntry +3 [v0, v1, v2]
;;>   v10: (ref null type#0) = load_element #0, v1
;;>   v11: i32 = reference_equal v10, v3
;;>   guard v11  ; main LoopEntry +3 [v0, v1, v2]
;;>   jump b1(v0, v2)
;;> b1(v13: i32, v14: i32):  ; loop
;;>   loop_stack_check
;;>   i32.store +0, v13, v6
;;>   v17: i32 = i32.add v13, v4
;;>   v18: i32 = i32.add v14, v17
;;>   v19: i32 = i32.sub v13, v5
;;>   branch v19, b1(v19, v18), b2
;;> b2:
;;>   return v18

;;> == ir function=main passes=licm deopt=off
;;> before
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 0
;;>   v3: (ref type#0) = function_address @inlinee
;;>   v4: i32 = i32.const 37
;;>   v5: i32 = i32.const 1
;;>   jump b1(v0, v2)
;;> b1(v6: i32, v7: i32):  ; loop
;;>   loop_stack_check
;;>   v9: i32 = i32.mul v1, v1
;;>   i32.store +0, v6, v9
;;>   v11: i32 = table_length #0
;;>   v12: i32 = i32.lt_u v1, v11
;;>   trap_unless UndefinedElement, v12
;;>   v14: (ref null type#0) = load_element #0, v1
;;>   v15: i32 = reference_equal v14, v3
;;>   branch v15, b2, b3
;;> b2:
;;>   v16: i32 = i32.add v6, v4
;;>   jump b4(v16)
;;> b3:
;;>   v17: i32 = ref.is_null v14
;;>   trap_if UninitializedElement, v17
;;>   v19: (ref type#0) = narrow v14
;;>   v20: i32 = call_reference v19, v6
;;>   jump b4(v20)
;;> b4(v21: i32):
;;>   v22: i32 = i32.add v7, v21
;;>   v23: i32 = i32.sub v6, v5
;;>   branch v23, b1(v23, v22), b5
;;> b5:
;;>   return v22
;;> after
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 0
;;>   v3: (ref type#0) = function_address @inlinee
;;>   v4: i32 = i32.const 37
;;>   v5: i32 = i32.const 1
;;>   v6: i32 = i32.mul v1, v1
;;>   jump b1(v0, v2)
;;> b1(v7: i32, v8: i32):  ; loop
;;>   loop_stack_check
;;>   i32.store +0, v7, v6
;;>   v11: i32 = table_length #0
;;>   v12: i32 = i32.lt_u v1, v11
;;>   trap_unless UndefinedElement, v12
;;>   v14: (ref null type#0) = load_element #0, v1
;;>   v15: i32 = reference_equal v14, v3
;;>   branch v15, b2, b3
;;> b2:
;;>   v16: i32 = i32.add v7, v4
;;>   jump b4(v16)
;;> b3:
;;>   v17: i32 = ref.is_null v14
;;>   trap_if UninitializedElement, v17
;;>   v19: (ref type#0) = narrow v14
;;>   v20: i32 = call_reference v19, v7
;;>   jump b4(v20)
;;> b4(v21: i32):
;;>   v22: i32 = i32.add v8, v21
;;>   v23: i32 = i32.sub v7, v5
;;>   branch v23, b1(v23, v22), b5
;;> b5:
;;>   return v22
