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
;;>   v2: i32 = i32.const 0
;;>   v3: i32 = i32.const 7
;;>   v4: i32 = table_length #0
;;>   v5: i32 = i32.lt_u v1, v4
;;>   trap_unless UndefinedElement, v5
;;>   v7: (ref null type#0) = load_element #0, v1
;;>   v8: (ref type#0) = function_address @outer
;;>   v9: i32 = reference_equal v7, v8
;;>   guard v9  ; main BeforeInstruction +7 [v2, v2, v0, v3, v1]
;;>   v11: i32 = i32.const 10
;;>   v12: i32 = i32.const 5
;;>   v13: i32 = table_length #0
;;>   v14: i32 = i32.lt_u v3, v13
;;>   trap_unless UndefinedElement, v14
;;>   v16: (ref null type#0) = load_element #0, v3
;;>   v17: (ref type#0) = function_address @middle
;;>   v18: i32 = reference_equal v16, v17
;;>   guard v18  ; outer BeforeInstruction +7 [v2, v11, v12, v3] in main AfterCall +7 [v2, v2, v0]
;;>   v20: i32 = i32.const 255
;;>   v21: i32 = i32.xor v12, v20
;;>   v22: i32 = i32.const 1
;;>   v23: i32 = i32.sub v21, v22
;;>   v24: i32 = i32.mul v11, v23
;;>   v25: i32 = i32.add v0, v24
;;>   return v25
