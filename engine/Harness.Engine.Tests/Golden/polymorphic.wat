;; test: ir function=main after=build
;; test: ir function=main after=build deopt=off
;; test: ir function=main after=build inlining.policy=benefit inlining.benefit.deopt-cycles=100000
;; feedback: main@0 -> $triple:600 $square:300 $negate:100
;;
;; Three targets: a chain of comparisons, the most frequent first. With deopts the last one is a guard, unless the policy
;; wants a generic call: then the graph is as without deopts.
(module
  (type $unary (func (param i32) (result i32)))
  (table 4 (ref null $unary))
  (func $triple (type $unary) (i32.mul (local.get 0) (i32.const 3)))
  (func $square (type $unary) (i32.mul (local.get 0) (local.get 0)))
  (func $negate (type $unary) (i32.sub (i32.const 0) (local.get 0)))
  (func $main (param $x i32) (param $slot i32) (result i32)
    (i32.add (call_indirect (type $unary) (local.get $x) (local.get $slot)) (i32.const 1))))

;;> == ir function=main after=build
;;> after build
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 0
;;>   v3: i32 = table_length #0
;;>   v4: i32 = i32.lt_u v1, v3
;;>   trap_unless UndefinedElement, v4
;;>   v6: (ref null type#0) = load_element #0, v1
;;>   v7: (ref type#0) = function_address @triple
;;>   v8: i32 = reference_equal v6, v7
;;>   v9: i32 = i32.const 3
;;>   v10: (ref type#0) = function_address @square
;;>   v11: (ref type#0) = function_address @negate
;;>   v12: i32 = i32.const 1
;;>   branch v8, b1, b2
;;> b1:
;;>   v13: i32 = i32.mul v0, v9
;;>   jump b5(v13)
;;> b2:
;;>   v14: i32 = reference_equal v6, v10
;;>   branch v14, b3, b4
;;> b3:
;;>   v15: i32 = i32.mul v0, v0
;;>   jump b5(v15)
;;> b4:
;;>   v16: i32 = reference_equal v6, v11
;;>   guard v16  ; main BeforeInstruction +5 [v2, v2, v0, v1]
;;>   v18: i32 = i32.sub v2, v0
;;>   jump b5(v18)
;;> b5(v19: i32):
;;>   v20: i32 = i32.add v19, v12
;;>   return v20

;;> == ir function=main after=build deopt=off
;;> after build
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = table_length #0
;;>   v3: i32 = i32.lt_u v1, v2
;;>   trap_unless UndefinedElement, v3
;;>   v5: (ref null type#0) = load_element #0, v1
;;>   v6: (ref type#0) = function_address @triple
;;>   v7: i32 = reference_equal v5, v6
;;>   v8: i32 = i32.const 3
;;>   v9: (ref type#0) = function_address @square
;;>   v10: (ref type#0) = function_address @negate
;;>   v11: i32 = i32.const 0
;;>   v12: i32 = i32.const 1
;;>   branch v7, b1, b2
;;> b1:
;;>   v13: i32 = i32.mul v0, v8
;;>   jump b7(v13)
;;> b2:
;;>   v14: i32 = reference_equal v5, v9
;;>   branch v14, b3, b4
;;> b3:
;;>   v15: i32 = i32.mul v0, v0
;;>   jump b7(v15)
;;> b4:
;;>   v16: i32 = reference_equal v5, v10
;;>   branch v16, b5, b6
;;> b5:
;;>   v17: i32 = i32.sub v11, v0
;;>   jump b7(v17)
;;> b6:
;;>   v18: i32 = ref.is_null v5
;;>   trap_if UninitializedElement, v18
;;>   v20: (ref type#0) = narrow v5
;;>   v21: i32 = call_reference v20, v0
;;>   jump b7(v21)
;;> b7(v22: i32):
;;>   v23: i32 = i32.add v22, v12
;;>   return v23

;;> == ir function=main after=build inlining.policy=benefit inlining.benefit.deopt-cycles=100000
;;> after build
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = table_length #0
;;>   v3: i32 = i32.lt_u v1, v2
;;>   trap_unless UndefinedElement, v3
;;>   v5: (ref null type#0) = load_element #0, v1
;;>   v6: (ref type#0) = function_address @triple
;;>   v7: i32 = reference_equal v5, v6
;;>   v8: i32 = i32.const 3
;;>   v9: (ref type#0) = function_address @square
;;>   v10: (ref type#0) = function_address @negate
;;>   v11: i32 = i32.const 0
;;>   v12: i32 = i32.const 1
;;>   branch v7, b1, b2
;;> b1:
;;>   v13: i32 = i32.mul v0, v8
;;>   jump b7(v13)
;;> b2:
;;>   v14: i32 = reference_equal v5, v9
;;>   branch v14, b3, b4
;;> b3:
;;>   v15: i32 = i32.mul v0, v0
;;>   jump b7(v15)
;;> b4:
;;>   v16: i32 = reference_equal v5, v10
;;>   branch v16, b5, b6
;;> b5:
;;>   v17: i32 = i32.sub v11, v0
;;>   jump b7(v17)
;;> b6:
;;>   v18: i32 = ref.is_null v5
;;>   trap_if UninitializedElement, v18
;;>   v20: (ref type#0) = narrow v5
;;>   v21: i32 = call_reference v20, v0
;;>   jump b7(v21)
;;> b7(v22: i32):
;;>   v23: i32 = i32.add v22, v12
;;>   return v23
