;; test: ir function=f passes=dce
;;
;; What nobody uses goes, with the loop's parameter that only feeds itself; what can trap stays.
(module
  (memory 1)
  (func $f (param $n i32) (param $x i32) (local $unused i32)
    (loop $next
      (local.set $unused (i32.add (local.get $unused) (i32.mul (local.get $x) (local.get $x))))
      (drop (i32.load (local.get $x)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))

;;> == ir function=f passes=dce
;;> before
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 0
;;>   v3: i32 = i32.const 1
;;>   jump b1(v0, v2)
;;> b1(v4: i32, v5: i32):  ; loop
;;>   loop_stack_check
;;>   v7: i32 = i32.mul v1, v1
;;>   v8: i32 = i32.add v5, v7
;;>   v9: i32 = i32.load +0, v1
;;>   v10: i32 = i32.sub v4, v3
;;>   branch v10, b1(v10, v8), b2
;;> b2:
;;>   return
;;> after
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 1
;;>   jump b1(v0)
;;> b1(v3: i32):  ; loop
;;>   loop_stack_check
;;>   v5: i32 = i32.load +0, v1
;;>   v6: i32 = i32.sub v3, v2
;;>   branch v6, b1(v6), b2
;;> b2:
;;>   return
