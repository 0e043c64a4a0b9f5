;; test: ir function=f passes=rotate
;;
;; A loop that tests at the top becomes one that tests at the bottom.
(module
  (func $f (param $n i32) (result i32) (local $sum i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $n)))
        (local.set $sum (i32.add (local.get $sum) (local.get $n)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $next)))
    (local.get $sum)))

;;> == ir function=f passes=rotate
;;> before
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = i32.const 0
;;>   v2: i32 = i32.const 1
;;>   jump b1(v0, v1)
;;> b1(v3: i32, v4: i32):  ; loop
;;>   loop_stack_check
;;>   v6: i32 = i32.eqz v3
;;>   branch v6, b2, b3
;;> b2:
;;>   return v4
;;> b3:
;;>   v7: i32 = i32.add v4, v3
;;>   v8: i32 = i32.sub v3, v2
;;>   jump b1(v8, v7)
;;> after
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = i32.const 0
;;>   v2: i32 = i32.const 1
;;>   jump b1(v0, v1)
;;> b1(v3: i32, v4: i32):
;;>   loop_stack_check
;;>   v6: i32 = i32.eqz v3
;;>   branch v6, b4(v4), b2(v4, v3)
;;> b2(v7: i32, v8: i32):  ; loop
;;>   v9: i32 = i32.add v7, v8
;;>   v10: i32 = i32.sub v8, v2
;;>   jump b3(v10, v9)
;;> b3(v11: i32, v12: i32):
;;>   loop_stack_check
;;>   v14: i32 = i32.eqz v11
;;>   branch v14, b4(v12), b2(v12, v11)
;;> b4(v15: i32):
;;>   return v15
