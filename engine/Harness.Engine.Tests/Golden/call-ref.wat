;; test: ir function=main after=build,end
;; test: ir function=main after=end deopt=off
;; feedback: main@0 -> $inlinee:1000000
;;
;; A function reference in a mutable global: with deopts it is compared once, before the loop; the generic call checks for null.
(module
  (type $unary (func (param i32) (result i32)))
  (global $callee (mut (ref null $unary)) (ref.func $inlinee))
  (func $inlinee (type $unary) (i32.add (local.get 0) (i32.const 37)))
  (func $main (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (call_ref $unary (local.get $n) (global.get $callee))))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))

;;> == ir function=main after=build,end
;;> after build
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = i32.const 0
;;>   v2: (ref type#0) = function_address @inlinee
;;>   v3: i32 = i32.const 37
;;>   v4: i32 = i32.const 1
;;>   jump b1(v0, v1)
;;> b1(v5: i32, v6: i32):  ; loop
;;>   loop_stack_check
;;>   v8: (ref null type#0) = global.get #0
;;>   v9: i32 = reference_equal v8, v2
;;>   guard v9  ; main BeforeInstruction +11 [v5, v1, v6, v5, v8]
;;>   v11: i32 = i32.add v5, v3
;;>   v12: i32 = i32.add v6, v11
;;>   v13: i32 = i32.sub v5, v4
;;>   branch v13, b1(v13, v12), b2
;;> b2:
;;>   return v12
;;> at the end
;;> b0:
;;>   v0: i32 = i32.const 36
;;>   v1: i32 = i32.const -2
;;>   v2: i32 = i32.const 35
;;>   v3: i32 = i32.const -3
;;>   v4: i32 = i32.const 34
;;>   v5: i32 = i32.const -4
;;>   v6: i32 = i32.const -1
;;>   v7: i32 = argument #0
;;>   v8: i32 = i32.const 0
;;>   v9: (ref type#0) = function_address @inlinee
;;>   v10: i32 = i32.const 37
;;>   loop_stack_check
;;>   v12: (ref null type#0) = global.get #0
;;>   v13: i32 = reference_equal v12, v9
;;>   guard v13  ; main BeforeInstruction +11 [v7, v8, v8, v7, v12]
;;>   v15: i32 = i32.add v7, v10
;;>   v16: i32 = i32.add v7, v6
;;>   branch v16, b1(v16, v15), b5(v15)
;;> b1(v17: i32, v18: i32):  ; loop
;;>   loop_stack_check
;;>   v20: i32 = i32.add v17, v10
;;>   v21: i32 = i32.add v18, v20
;;>   v22: i32 = i32.add v17, v6
;;>   branch v22, b2, b5(v21)
;;> b2:
;;>   v23: i32 = i32.add v17, v0
;;>   v24: i32 = i32.add v21, v23
;;>   v25: i32 = i32.add v17, v1
;;>   branch v25, b3, b5(v24)
;;> b3:
;;>   v26: i32 = i32.add v17, v2
;;>   v27: i32 = i32.add v24, v26
;;>   v28: i32 = i32.add v17, v3
;;>   branch v28, b4, b5(v27)
;;> b4:
;;>   v29: i32 = i32.add v17, v4
;;>   v30: i32 = i32.add v27, v29
;;>   v31: i32 = i32.add v17, v5
;;>   branch v31, b1(v31, v30), b5(v30)
;;> b5(v32: i32):
;;>   return v32

;;> == ir function=main after=end deopt=off
;;> at the end
;;> b0:
;;>   v0: i32 = i32.const -1
;;>   v1: i32 = argument #0
;;>   v2: (ref type#0) = function_address @inlinee
;;>   v3: i32 = i32.const 37
;;>   loop_stack_check
;;>   v5: (ref null type#0) = global.get #0
;;>   v6: i32 = reference_equal v5, v2
;;>   branch v6, b1, b2
;;> b1:
;;>   v7: i32 = i32.add v1, v3
;;>   jump b3(v7)
;;> b2:
;;>   v8: i32 = ref.is_null v5
;;>   trap_if NullFunctionReference, v8
;;>   v10: (ref type#0) = narrow v5
;;>   v11: i32 = call_reference v10, v1
;;>   jump b3(v11)
;;> b3(v12: i32):
;;>   v13: i32 = i32.add v1, v0
;;>   branch v13, b4(v13, v12), b8(v12)
;;> b4(v14: i32, v15: i32):  ; loop
;;>   loop_stack_check
;;>   v17: (ref null type#0) = global.get #0
;;>   v18: i32 = reference_equal v17, v2
;;>   branch v18, b5, b6
;;> b5:
;;>   v19: i32 = i32.add v14, v3
;;>   jump b7(v19)
;;> b6:
;;>   v20: i32 = ref.is_null v17
;;>   trap_if NullFunctionReference, v20
;;>   v22: (ref type#0) = narrow v17
;;>   v23: i32 = call_reference v22, v14
;;>   jump b7(v23)
;;> b7(v24: i32):
;;>   v25: i32 = i32.add v15, v24
;;>   v26: i32 = i32.add v14, v0
;;>   branch v26, b4(v26, v25), b8(v25)
;;> b8(v27: i32):
;;>   return v27
