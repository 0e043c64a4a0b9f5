;; test: ir function=count after=build
;; test: ir function=outer after=build
;; test: ir function=wider after=build
;; feedback: count@0 -> $step:1000000
;; feedback: step@0 -> 1000000
;; feedback: outer@0 -> 1000000
;; feedback: wider@0 -> 1000000
;;
;; What is inlined at a tail call takes the caller's place in frame states; a tail call that stays one is a call in an inlined body.
;; A function with more stack parameters than the compiled one is not inlined at its tail calls.
(module
  (type $unary (func (param i32) (result i32)))
  (table 1 1 (ref null $unary))
  (func $count (type $unary)
    (return_call_indirect (type $unary) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))
  (func $step (type $unary)
    (if (i32.eqz (local.get 0)) (then (return (i32.const 7))))
    (return_call $last (local.get 0)))
  (func $last (type $unary) (return_call $last (local.get 0)))
  (func $outer (type $unary)
    (i32.add (call $count (local.get 0)) (i32.const 1)))
  (func $many (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32) (local.get 13))
  (func $wider (type $unary)
    (return_call $many (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0)
      (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0))))

;;> == ir function=count after=build
;;> after build
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = i32.const 0
;;>   v2: i32 = i32.const 1
;;>   v3: i32 = i32.sub v0, v2
;;>   v4: i32 = i32.lt_u v1, v2
;;>   trap_unless UndefinedElement, v4
;;>   v6: (ref null type#0) = load_element #0, v1
;;>   v7: (ref type#0) = function_address @step
;;>   v8: i32 = reference_equal v6, v7
;;>   guard v8  ; count BeforeInstruction +8 [v1, v3, v1]
;;>   v10: i32 = i32.eqz v3
;;>   v11: i32 = i32.const 7
;;>   branch v10, b1, b2
;;> b1:
;;>   return v11
;;> b2:
;;>   tailcall @last, v3

;;> == ir function=outer after=build
;;> after build
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = i32.const 0
;;>   v2: i32 = i32.const 1
;;>   v3: i32 = i32.sub v0, v2
;;>   v4: i32 = i32.lt_u v1, v2
;;>   trap_unless UndefinedElement, v4
;;>   v6: (ref null type#0) = load_element #0, v1
;;>   v7: (ref type#0) = function_address @step
;;>   v8: i32 = reference_equal v6, v7
;;>   guard v8  ; count BeforeInstruction +8 [v1, v3, v1] in outer AfterCall +3 [v1]
;;>   v10: i32 = i32.eqz v3
;;>   v11: i32 = i32.const 7
;;>   branch v10, b1, b2
;;> b1:
;;>   jump b3(v11)
;;> b2:
;;>   v12: i32 = call @last, v3
;;>   jump b3(v12)
;;> b3(v13: i32):
;;>   v14: i32 = i32.add v13, v2
;;>   return v14

;;> == ir function=wider after=build
;;> after build
;;> b0:
;;>   v0: i32 = argument #0
;;>   tailcall @many, v0, v0, v0, v0, v0, v0, v0, v0, v0, v0, v0, v0, v0, v0
