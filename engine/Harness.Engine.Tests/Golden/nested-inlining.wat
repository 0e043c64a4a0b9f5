;; test: ir function=main after=build
;; feedback: main@0 -> $outer:1000000
;; feedback: outer@0 -> $middle:1000000
;; feedback: middle@0 -> 1000000
;;
;; Functions inlined into each other, a direct call innermost. The state of the inner guard has a frame for each level, those around it
;; after their calls.
(module
  (type $unary (func (param i32) (result i32)))
  (table 4 (ref null $unary))
  (func $outer (type $unary)
    (i32.mul (i32.const 10) (call_indirect (type $unary) (i32.const 5) (local.get 0))))
  (func $middle (type $unary) (i32.sub (call $inner (local.get 0)) (i32.const 1)))
  (func $inner (type $unary) (i32.xor (local.get 0) (i32.const 255)))
  (func $main (param $x i32) (param $slot i32) (result i32)
    (i32.add (local.get $x) (call_indirect (type $unary) (i32.const 7) (local.get $slot)))))

;;> == ir function=main after=build
;;> after build
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 7
;;>   v3: i32 = table_length #0
;;>   v4: i32 = i32.lt_u v1, v3
;;>   trap_unless UndefinedElement, v4
;;>   v6: (ref null type#0) = load_element #0, v1
;;>   v7: (ref type#0) = function_address @outer
;;>   v8: i32 = reference_equal v6, v7
;;>   guard v8  ; main BeforeInstruction +7 [v0, v1, v0, v2, v1]
;;>   v10: i32 = i32.const 10
;;>   v11: i32 = i32.const 5
;;>   v12: i32 = table_length #0
;;>   v13: i32 = i32.lt_u v2, v12
;;>   trap_unless UndefinedElement, v13
;;>   v15: (ref null type#0) = load_element #0, v2
;;>   v16: (ref type#0) = function_address @middle
;;>   v17: i32 = reference_equal v15, v16
;;>   guard v17  ; outer BeforeInstruction +7 [v2, v10, v11, v2] in main AfterCall +7 [v0, v1, v0]
;;>   v19: i32 = i32.const 255
;;>   v20: i32 = i32.xor v11, v19
;;>   v21: i32 = i32.const 1
;;>   v22: i32 = i32.sub v20, v21
;;>   v23: i32 = i32.mul v10, v22
;;>   v24: i32 = i32.add v0, v23
;;>   return v24
