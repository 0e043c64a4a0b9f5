;; test: ir function=main after=end
;; feedback: main@0 -> $small:60000 $large:10
;;
;; One target is inlined and the other is not (called too rarely for its size): then there is no guard, but a generic call.
(module
  (type $unary (func (param i32) (result i32)))
  (memory 1)
  (table 4 (ref null $unary))
  (func $small (type $unary) (i32.add (local.get 0) (i32.const 1)))
  (func $large (type $unary)
    (i32.store (i32.const 0) (local.get 0)) (i32.store (i32.const 4) (local.get 0)) (i32.store (i32.const 8) (local.get 0))
    (i32.store (i32.const 12) (local.get 0)) (i32.store (i32.const 16) (local.get 0)) (i32.store (i32.const 20) (local.get 0))
    (local.get 0))
  (func $main (param $x i32) (param $slot i32) (result i32)
    (call_indirect (type $unary) (local.get $x) (local.get $slot))))

;;> == ir function=main after=end
;;> at the end
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = table_length #0
;;>   v3: i32 = i32.lt_u v1, v2
;;>   trap_unless UndefinedElement, v3
;;>   v5: (ref null type#0) = load_element #0, v1
;;>   v6: (ref type#0) = function_address @small
;;>   v7: i32 = reference_equal v5, v6
;;>   v8: i32 = i32.const 1
;;>   branch v7, b1, b2
;;> b1:
;;>   v9: i32 = i32.add v0, v8
;;>   jump b3(v9)
;;> b2:
;;>   v10: i32 = ref.is_null v5
;;>   trap_if UninitializedElement, v10
;;>   v12: (ref type#0) = narrow v5
;;>   v13: i32 = call_reference v12, v0
;;>   jump b3(v13)
;;> b3(v14: i32):
;;>   return v14
