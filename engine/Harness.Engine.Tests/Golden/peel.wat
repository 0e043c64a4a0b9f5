;; test: ir function=f passes=peel
;; test: ir function=f passes=peel,gvn
;;
;; The first iteration runs before the loop; value numbering then finds the check of the index done and the element loaded.
(module
  (table $t 4 funcref)
  (func $f (param $n i32) (param $i i32) (result funcref) (local $r funcref)
    (loop $next
      (local.set $r (table.get $t (local.get $i)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $r)))

;;> == ir function=f passes=peel
;;> before
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: (ref null bot) = ref.null
;;>   v3: i32 = i32.const 1
;;>   jump b1(v0, v2)
;;> b1(v4: i32, v5: (ref null func)):  ; loop
;;>   loop_stack_check
;;>   v7: i32 = table_length #0
;;>   v8: i32 = i32.lt_u v1, v7
;;>   trap_unless TableOutOfBounds, v8
;;>   v10: (ref null func) = load_element #0, v1
;;>   v11: i32 = i32.sub v4, v3
;;>   branch v11, b1(v11, v10), b2
;;> b2:
;;>   return v10
;;> after
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: (ref null bot) = ref.null
;;>   v3: i32 = i32.const 1
;;>   jump b1(v0, v2)
;;> b1(v4: i32, v5: (ref null func)):
;;>   loop_stack_check
;;>   v7: i32 = table_length #0
;;>   v8: i32 = i32.lt_u v1, v7
;;>   trap_unless TableOutOfBounds, v8
;;>   v10: (ref null func) = load_element #0, v1
;;>   v11: i32 = i32.sub v4, v3
;;>   branch v11, b2(v11, v10), b3(v10)
;;> b2(v12: i32, v13: (ref null func)):  ; loop
;;>   loop_stack_check
;;>   v15: i32 = table_length #0
;;>   v16: i32 = i32.lt_u v1, v15
;;>   trap_unless TableOutOfBounds, v16
;;>   v18: (ref null func) = load_element #0, v1
;;>   v19: i32 = i32.sub v12, v3
;;>   branch v19, b2(v19, v18), b3(v18)
;;> b3(v20: (ref null func)):
;;>   return v20

;;> == ir function=f passes=peel,gvn
;;> before
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: (ref null bot) = ref.null
;;>   v3: i32 = i32.const 1
;;>   jump b1(v0, v2)
;;> b1(v4: i32, v5: (ref null func)):  ; loop
;;>   loop_stack_check
;;>   v7: i32 = table_length #0
;;>   v8: i32 = i32.lt_u v1, v7
;;>   trap_unless TableOutOfBounds, v8
;;>   v10: (ref null func) = load_element #0, v1
;;>   v11: i32 = i32.sub v4, v3
;;>   branch v11, b1(v11, v10), b2
;;> b2:
;;>   return v10
;;> after
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: (ref null bot) = ref.null
;;>   v3: i32 = i32.const 1
;;>   jump b1(v0, v2)
;;> b1(v4: i32, v5: (ref null func)):
;;>   loop_stack_check
;;>   v7: i32 = table_length #0
;;>   v8: i32 = i32.lt_u v1, v7
;;>   trap_unless TableOutOfBounds, v8
;;>   v10: (ref null func) = load_element #0, v1
;;>   v11: i32 = i32.sub v4, v3
;;>   branch v11, b2(v11, v10), b3(v10)
;;> b2(v12: i32, v13: (ref null func)):  ; loop
;;>   loop_stack_check
;;>   v15: i32 = i32.sub v12, v3
;;>   branch v15, b2(v15, v10), b3(v10)
;;> b3(v16: (ref null func)):
;;>   return v16
